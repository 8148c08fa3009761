namespace Mnemo.State;

/// <summary>The files of the control state, before SQLite opens them.</summary>
internal static class ControlFiles
{
    /// <summary>
    /// SQLite opens a file that it may not write all the same, and gives the files that it makes beside it the same mode:
    /// they would refuse every write after the file's own mode was mended. So such a file is refused before, and such
    /// neighbours get the mode of the file.
    /// </summary>
    /// <exception cref="ControlStoreException">A file cannot be written; none was changed.</exception>
    public static void MakeWritable(string path)
    {
        if (!File.Exists(path)) return;
        TryWrite(path);
        foreach (var neighbour in (string[])[path + "-wal", path + "-shm"])
        {
            if (!File.Exists(neighbour)) continue;
            Repair(neighbour, path);
            TryWrite(neighbour);
        }
    }

    private static void Repair(string neighbour, string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(path);
        if (File.GetUnixFileMode(neighbour) == mode) return;
        try
        {
            File.SetUnixFileMode(neighbour, mode);
        }
        catch (UnauthorizedAccessException)
        {
            // Another account's: whether it can be written all the same is looked at next, and it is named when not.
        }
    }

    private static void TryWrite(string path)
    {
        try
        {
            using var _ = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ControlStoreException(ControlStoreException.NotWritable(path), e);
        }
    }
}
