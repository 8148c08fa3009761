using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mnemo.Transfer;

/// <summary>What lies under a name of the file system.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>A file with bytes of its own.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link; only where links are not followed.</summary>
    Link,

    /// <summary>A device or a named pipe: what is written to it goes somewhere else.</summary>
    Stream,

    /// <summary>The socket of a program that listens on this machine.</summary>
    Socket,
}

/// <summary>Asks the system what lies under a name; the runtime tells directories from files and no more.</summary>
internal static partial class FileKinds
{
    // Linux's statx, whose layout is the same on every processor: the mode stands at byte 28.
    private const int WorkingDirectory = -100, DoNotFollow = 0x100, TypeAndMode = 3, ResultBytes = 256, ModeAt = 28;

    /// <summary>What the name leads to, or with <paramref name="followLinks"/> off what it is itself.</summary>
    public static FileKind Of(string path, bool followLinks = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (OperatingSystem.IsLinux())
        {
            try
            {
                Span<byte> result = stackalloc byte[ResultBytes];
                if (Statx(WorkingDirectory, path, followLinks ? 0 : DoNotFollow, TypeAndMode, result) != 0) return FileKind.Absent;
                return OfMode(BinaryPrimitives.ReadUInt16LittleEndian(result[ModeAt..]));
            }
            catch (EntryPointNotFoundException)
            {
                // A C library from before 2018; what the runtime tells has to do.
            }
        }

        if (!followLinks && new FileInfo(path).LinkTarget is not null) return FileKind.Link;
        return Directory.Exists(path) ? FileKind.Directory : File.Exists(path) ? FileKind.Regular : FileKind.Absent;
    }

    private static FileKind OfMode(int mode) => (mode & 0xF000) switch
    {
        0x4000 => FileKind.Directory,
        0x8000 => FileKind.Regular,
        0xA000 => FileKind.Link,
        0xC000 => FileKind.Socket,
        _ => FileKind.Stream,
    };

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> result);
}
