using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;
using Mnemo.Storage;

namespace Mnemo.Indexing;

/// <summary>What SQLite reports of the text index, as everybody above understands it: a failure that passes, with a remedy and without text.</summary>
internal static class TextIndexFailure
{
    private const string Backend = "text index";

    /// <summary>Whether the file itself is bad. It is derived, so it need not be saved.</summary>
    public static bool IsDamage(SqliteException e) => SqliteProblems.Of(e) == SqliteProblem.Damaged;

    /// <summary>Whether the file is not what this version makes: damaged, or another program's.</summary>
    public static bool IsForeign(SqliteException e) => IsDamage(e) || SqliteProblems.Of(e) == SqliteProblem.Statement;

    public static MemoryStoreException From(SqliteException e, string operation, string path) => SqliteProblems.Of(e) switch
    {
        SqliteProblem.Damaged => Passing(operation, $"{path} is damaged and is made anew from the store.", e),
        SqliteProblem.Full => Passing(operation, $"The disk is full: {path} cannot grow. Free some space; nothing that was acknowledged is lost.", e),
        SqliteProblem.ReadOnly => Passing(operation, $"{path} cannot be written. Give this account write permission for the file and its directory.", e),
        SqliteProblem.CannotOpen => Passing(operation, $"{path} cannot be opened. Check that its directory exists and that this account may use it.", e),
        SqliteProblem.Busy or SqliteProblem.Locked => Passing(operation, $"{path} is in use by another program. Close it.", e),
        SqliteProblem.InputOutput => Passing(operation, $"The disk reported an error on {path}: it is full, or it fails. Make room or check the disk.", e),
        // What SQLite says of a statement may quote it, so it is not passed on.
        _ => new MemoryStoreException(Backend, operation, $"{path} failed with SQLite error {e.SqliteErrorCode}/{e.SqliteExtendedErrorCode}."),
    };

    /// <summary>A damaged file could not be put aside; the next use tries again.</summary>
    public static MemoryStoreException NotReplaced(Exception e, string path) =>
        Passing("prepare", $"{path} is damaged and cannot be made anew. Give this account write permission for the file and its directory, or remove it.", e);

    /// <summary>Every new file is damaged again before it is filled.</summary>
    public static MemoryStoreException KeepsBreaking(string path) => Passing("prepare", $"{path} is damaged again as soon as it is made anew. Check the disk.", null);

    /// <summary>The log cannot be emptied, so deleted text may still stand in it.</summary>
    public static MemoryStoreException NotPurged(string path) => Passing("delete", $"The log of {path} is in use by another program. Close it and try again.", null);

    private static MemoryStoreException Passing(string operation, string message, Exception? inner) => new(Backend, operation, message, isTransient: true, inner);
}
