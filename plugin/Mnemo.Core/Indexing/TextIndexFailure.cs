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
        SqliteProblem.Damaged => Away(operation, "textindex.damaged", path, e),
        SqliteProblem.Full => Away(operation, "sqlite.full", path, e),
        SqliteProblem.ReadOnly => Away(operation, "sqlite.readonly", path, e),
        SqliteProblem.CannotOpen => Away(operation, "sqlite.cannotopen", path, e),
        SqliteProblem.Busy or SqliteProblem.Locked => Away(operation, "sqlite.busy", path, e),
        SqliteProblem.InputOutput => Away(operation, "sqlite.io", path, e),
        // What SQLite says of a statement may quote it, so it is not passed on.
        _ => new MemoryStoreException(StoreErrorKind.Damaged, Backend, operation, "sqlite.other", path, e.SqliteErrorCode, e.SqliteExtendedErrorCode),
    };

    /// <summary>A damaged file could not be put aside; the next use tries again.</summary>
    public static MemoryStoreException NotReplaced(Exception e, string path) => Away("prepare", "textindex.notreplaced", path, e);

    /// <summary>Every new file is damaged again before it is filled.</summary>
    public static MemoryStoreException KeepsBreaking(string path) => Away("prepare", "textindex.keepsbreaking", path, null);

    /// <summary>The log cannot be emptied, so deleted text may still stand in it.</summary>
    public static MemoryStoreException NotPurged(string path) => Away("purge", "textindex.notpurged", path, null);

    private static MemoryStoreException Away(string operation, string text, string path, Exception? inner) => new(inner, StoreErrorKind.Unavailable, Backend, operation, text, path);
}
