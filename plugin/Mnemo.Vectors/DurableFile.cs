using System.Runtime.InteropServices;

namespace Mnemo.Vectors;

/// <summary>
/// Files that are there whole or not at all after a crash: written under a temporary name, synced, renamed, and the
/// directory synced so that the new name survives too.
/// </summary>
public static partial class DurableFile
{
    /// <summary>What temporary names end in; whoever opens a directory may delete such files.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Replaces or makes a small file.</summary>
    /// <exception cref="IOException">The disk refused; the former file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporarySuffix;
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        Publish(temporary, path);
    }

    /// <summary>Gives a synced temporary file its name, replacing what had it, and syncs the directory.</summary>
    public static void Publish(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes the names in a directory durable. Windows journals them by itself.</summary>
    /// <exception cref="IOException">The sync failed: what was renamed may be gone after a power cut.</exception>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Failure("open", path);
        try
        {
            if (Sync(descriptor) < 0) throw Failure("sync", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private const int ReadOnly = 0;

    private static IOException Failure(string what, string path) =>
        new($"Cannot {what} the directory '{path}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
