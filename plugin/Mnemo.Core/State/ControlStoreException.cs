using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>The control state cannot be used. The message names the remedy and holds no message text.</summary>
public sealed class ControlStoreException : Exception
{
    /// <summary>Says what is wrong and what to do.</summary>
    public ControlStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether the file is no control state any more: only a backup or a recovery helps.</summary>
    public bool IsDamage { get; private init; }

    /// <summary>Turns what SQLite reports into a sentence with a remedy.</summary>
    internal static ControlStoreException From(SqliteException e, string path) => SqliteProblems.Of(e) is SqliteProblem.Damaged ? Damaged(path, e) : new(SqliteProblems.Of(e) switch
    {
        SqliteProblem.Full => $"The disk is full: {path} cannot grow. Free some space; nothing that was acknowledged is lost.",
        SqliteProblem.ReadOnly => NotWritable(path),
        SqliteProblem.CannotOpen => $"{path} cannot be opened. Check that its directory exists and that this account may use it.",
        SqliteProblem.Busy => $"{path} is in use by another program. Close it and start again.",
        SqliteProblem.InputOutput => $"The disk reported an error on {path}: it is full, or it fails. Make room or check the disk, then start again.",
        _ => $"{path} failed with SQLite error {e.SqliteErrorCode}/{e.SqliteExtendedErrorCode}.",
    }, e);

    internal static ControlStoreException Damaged(string path, Exception? inner = null) =>
        new($"{path} is damaged. Restore it from a backup, or run mnemo recover: it says what is lost, what is kept, and how to go on.", inner) { IsDamage = true };

    internal static string NotWritable(string path) => $"{path} cannot be written. Give this account write permission for the file and its directory.";
}
