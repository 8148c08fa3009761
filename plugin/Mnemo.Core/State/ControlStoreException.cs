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

    /// <summary>Turns what SQLite reports into a sentence with a remedy.</summary>
    internal static ControlStoreException From(SqliteException e, string path) => new(SqliteProblems.Of(e) switch
    {
        SqliteProblem.Damaged => Damaged(path),
        SqliteProblem.Full => $"The disk is full: {path} cannot grow. Free some space; nothing that was acknowledged is lost.",
        SqliteProblem.ReadOnly => $"{path} cannot be written. Give this account write permission for the file and its directory.",
        SqliteProblem.CannotOpen => $"{path} cannot be opened. Check that its directory exists and that this account may use it.",
        SqliteProblem.Busy => $"{path} is in use by another program. Close it and start again.",
        SqliteProblem.InputOutput => $"The disk reported an error on {path}: it is full, or it fails. Make room or check the disk, then start again.",
        _ => $"{path} failed with SQLite error {e.SqliteErrorCode}/{e.SqliteExtendedErrorCode}.",
    }, e);

    internal static string Damaged(string path) =>
        $"{path} is damaged. Nothing was changed. Restore it from a backup, or move {Path.GetFileName(path)} and its -wal and -shm neighbours "
        + "aside and start again: the memories are in the store and stay; waiting messages and settings would be lost.";
}
