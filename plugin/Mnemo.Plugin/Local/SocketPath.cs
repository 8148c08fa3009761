using System.IO.Hashing;
using System.Text;

namespace Mnemo.Plugin.Local;

/// <summary>
/// Where the socket of a data directory lies: in the directory, or, where that path is longer than a socket's may be,
/// in the user's runtime directory; a file in the data directory names it then.
/// </summary>
internal static class SocketPath
{
    /// <summary>The socket, in the data directory.</summary>
    public const string SocketName = "mnemo.sock";

    /// <summary>The file in the data directory that names a socket elsewhere.</summary>
    public const string PointerName = "mnemo.sock.path";

    // The shortest limit of the systems is 104 bytes, the final zero included.
    private const int MaxBytes = 103;
    private const int MaxPointerBytes = 4096;
    private const string Prefix = "mnemo-", Suffix = ".sock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The socket to ask; null when there is none.</summary>
    public static string? Find(string dataDirectory)
    {
        var path = ReadPointer(dataDirectory) ?? InDirectory(dataDirectory);
        return Fits(path) && File.Exists(path) ? path : null;
    }

    /// <summary>Chooses the socket's place, for the owner of the data directory: what a killed bot has left behind is removed.</summary>
    /// <exception cref="IOException">There is no place with a path that is short enough.</exception>
    public static string Claim(string dataDirectory, Func<string, string?> environment)
    {
        Release(dataDirectory);
        var path = InDirectory(dataDirectory);
        if (Fits(path)) return path;
        path = Elsewhere(dataDirectory, environment);
        // Renamed into its place, so that nobody reads half of it.
        var pointer = Path.Combine(dataDirectory, PointerName);
        File.WriteAllText(pointer + ".tmp", path + "\n");
        File.Move(pointer + ".tmp", pointer, overwrite: true);
        return path;
    }

    /// <summary>Removes the socket and everything that was made for it.</summary>
    public static void Release(string dataDirectory)
    {
        File.Delete(InDirectory(dataDirectory));
        if (ReadPointer(dataDirectory) is { } elsewhere && IsOurs(elsewhere) && Path.GetDirectoryName(elsewhere) is { } folder && Directory.Exists(folder))
        {
            File.Delete(elsewhere);
            // Only one that was made for the socket; a runtime directory stays.
            if (Path.GetFileName(elsewhere) == SocketName && Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }

        File.Delete(Path.Combine(dataDirectory, PointerName));
    }

    private static bool IsOurs(string path) => Path.GetFileName(path) is var name
        && (name == SocketName || (name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)));

    private static string InDirectory(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), SocketName);

    private static string Elsewhere(string dataDirectory, Func<string, string?> environment)
    {
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && IsPrivate(runtime))
        {
            var name = $"{Prefix}{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(Path.GetFullPath(dataDirectory))):x16}{Suffix}";
            if (Fits(Path.Combine(runtime, name))) return Path.Combine(runtime, name);
        }

        // Made anew with a name that nobody can guess, for its owner alone.
        var folder = Directory.CreateTempSubdirectory(Prefix).FullName;
        var path = Path.Combine(folder, SocketName);
        if (Fits(path)) return path;
        Directory.Delete(folder);
        throw new PathTooLongException($"'{path}' is longer than the path of a socket may be ({MaxBytes} bytes).");
    }

    private static bool IsPrivate(string directory) =>
        Path.IsPathRooted(directory) && Directory.Exists(directory) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(directory) | OwnerOnly) == OwnerOnly);

    private static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxBytes;

    private static string? ReadPointer(string dataDirectory)
    {
        try
        {
            var file = new FileInfo(Path.Combine(dataDirectory, PointerName));
            if (!file.Exists || file.Length is 0 or > MaxPointerBytes) return null;
            var path = File.ReadAllText(file.FullName).Trim();
            return Path.IsPathRooted(path) ? path : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
