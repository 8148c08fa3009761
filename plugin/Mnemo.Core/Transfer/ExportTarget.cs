using System.Net.Sockets;

namespace Mnemo.Transfer;

/// <summary>
/// Where an export goes. A file appears whole or not at all, under the name that a link leads to and with the mode that
/// it had; what is no file (a device, a pipe, a socket) is written to and stays what it is; a directory is refused.
/// </summary>
public static class ExportTarget
{
    private static readonly string[] OwnOutput = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    /// <summary>Whether the path is another name of this program's standard output.</summary>
    public static bool IsStandardOutput(string path) => OperatingSystem.IsLinux() && OwnOutput.Contains(path, StringComparer.Ordinal);

    /// <summary>Lets the target be written, and finishes it.</summary>
    /// <exception cref="ExportTargetException">It is nothing that can be written to.</exception>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        switch (FileKinds.Of(path))
        {
            case FileKind.Directory: throw new ExportTargetException(ExportTargetProblem.Directory, path);
            case FileKind.Socket: return await WriteToSocketAsync(path, write, cancellation);
            case FileKind.Stream: return await WriteThroughAsync(path, write, cancellation);
            default:
                var file = Resolve(path);
                // A name below /proc is a file that somebody has open: it is theirs, and has no name to give to another.
                return file.StartsWith("/proc/", StringComparison.Ordinal) ? await WriteThroughAsync(path, write, cancellation) : await ReplaceAsync(file, write);
        }
    }

    private static string Resolve(string path)
    {
        try
        {
            // The runtime follows a relative link from the root of the file system when the path to it is relative, too.
            var whole = Path.GetFullPath(path);
            return new FileInfo(whole).LinkTarget is null ? whole : File.ResolveLinkTarget(whole, returnFinalTarget: true)!.FullName;
        }
        catch (IOException e)
        {
            throw new ExportTargetException(ExportTargetProblem.Link, path, e);
        }
    }

    private static async Task<T> ReplaceAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        var part = path + ".part";
        if (FileKinds.Of(part, followLinks: false) is not (FileKind.Absent or FileKind.Regular)) throw new ExportTargetException(ExportTargetProblem.Part, part);
        var isOpen = false;
        try
        {
            T result;
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.Asynchronous))
            {
                isOpen = true;
                if (!OperatingSystem.IsWindows() && File.Exists(path)) File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(path));
                result = await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
            return result;
        }
        catch
        {
            if (isOpen) File.Delete(part);
            throw;
        }
    }

    // A pipe opens when somebody reads it; until then the waiting can be given up.
    private static async Task<T> WriteThroughAsync<T>(string path, Func<Stream, Task<T>> write, CancellationToken cancellation)
    {
        var opening = Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), CancellationToken.None);
        await using var stream = await opening.WaitAsync(cancellation);
        return await write(stream);
    }

    private static async Task<T> WriteToSocketAsync<T>(string path, Func<Stream, Task<T>> write, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            throw new ExportTargetException(ExportTargetProblem.Socket, path, e);
        }

        await using var stream = new NetworkStream(socket);
        return await write(stream);
    }
}

/// <summary>Why nothing can be written to a target.</summary>
public enum ExportTargetProblem
{
    /// <summary>It is a directory.</summary>
    Directory,

    /// <summary>The link leads in a circle.</summary>
    Link,

    /// <summary>Nobody listens on the socket.</summary>
    Socket,

    /// <summary>Where the file would be written before it gets its name lies something that is no file.</summary>
    Part,
}

/// <summary>A target that nothing can be written to; nothing was changed.</summary>
public sealed class ExportTargetException(ExportTargetProblem problem, string path, Exception? inner = null)
    : IOException($"'{path}' cannot be written to: {problem}", inner)
{
    /// <summary>Why.</summary>
    public ExportTargetProblem Problem => problem;

    /// <summary>The target.</summary>
    public string Path => path;
}
