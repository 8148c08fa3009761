using System.Globalization;
using Mnemo.Localization;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Makes one process the owner of a data directory. The lock is the operating system's, so it is gone with the
/// process however it ends; the pid beside it only tells others whom to look for.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private const string LockName = "mnemo.lock";
    private const string PidName = "mnemo.pid";
    private readonly FileStream _lock;
    private readonly string _pidPath;

    private DataDirectoryLock(FileStream held, string pidPath) => (_lock, _pidPath) = (held, pidPath);

    /// <summary>Takes the directory.</summary>
    /// <exception cref="DataDirectoryHeldException">Another process has it.</exception>
    public static DataDirectoryLock Take(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        var pidPath = Path.Combine(dataDirectory, PidName);
        var lockPath = Path.Combine(dataDirectory, LockName);
        FileStream held;
        try
        {
            held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException) when (File.Exists(lockPath))
        {
            throw new DataDirectoryHeldException(dataDirectory, ReadPid(pidPath));
        }

        WritePid(pidPath);
        return new DataDirectoryLock(held, pidPath);
    }

    /// <summary>Gives the directory back.</summary>
    public void Dispose()
    {
        // The pid goes first: once the lock is free, the file may be another owner's.
        if (_lock.CanRead) File.Delete(_pidPath);
        _lock.Dispose();
    }

    // It only helps others, so a disk without room for it does not end the start.
    private static void WritePid(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever finds the lock taken is told so without a number.
        }
    }

    private static int? ReadPid(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>Another process owns the data directory.</summary>
public sealed class DataDirectoryHeldException(string dataDirectory, int? pid)
    : Exception(Describe(Strings.For(Strings.English), dataDirectory, pid))
{
    /// <summary>The owner; null when it has just started or ended.</summary>
    public int? Pid { get; } = pid;

    /// <summary>The line to show, in a language.</summary>
    public string Say(Strings strings) => Describe(strings, dataDirectory, Pid);

    private static string Describe(Strings strings, string directory, int? pid) =>
        pid is { } owner ? strings["hosting.held", directory, owner] : strings["hosting.held_unknown", directory];
}
