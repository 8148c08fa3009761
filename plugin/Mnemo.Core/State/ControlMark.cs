using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.State;

/// <summary>
/// Says beside the control state how far it had come. It is written after each commit and never synced: a process that
/// is killed leaves it exact, a power cut may leave an older one, and nothing makes it newer than what was committed.
/// So a control state that knows less than its mark has lost something that was acknowledged.
/// </summary>
internal sealed class ControlMark : IDisposable
{
    public const string Extension = ".mark";
    private const int Length = 48, ChecksumOffset = 40;
    private static ReadOnlySpan<byte> Magic => "MNEMOMK2"u8;

    private readonly SafeFileHandle _file;

    private ControlMark(SafeFileHandle file) => _file = file;

    /// <summary>The mark of a control state; it is made when there is none.</summary>
    public static ControlMark Open(string controlPath)
        => new(File.OpenHandle(PathOf(controlPath), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Where it lies.</summary>
    public static string PathOf(string controlPath) => Path.ChangeExtension(controlPath, Extension);

    /// <summary>What stands there; null when nothing does, or when it cannot be read.</summary>
    public Progress? Read()
    {
        Span<byte> mark = stackalloc byte[Length];
        if (RandomAccess.Read(_file, mark, 0) < Length || !mark.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(mark[ChecksumOffset..]) != XxHash3.HashToUInt64(mark[..ChecksumOffset])) return null;
        return new Progress(
            BinaryPrimitives.ReadInt64LittleEndian(mark[8..]), BinaryPrimitives.ReadInt64LittleEndian(mark[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(mark[24..]), BinaryPrimitives.ReadInt64LittleEndian(mark[32..]));
    }

    /// <summary>Notes what was just committed. A disk that refuses leaves the older mark, which is true as well.</summary>
    public void Write(Progress progress)
    {
        Span<byte> mark = stackalloc byte[Length];
        Magic.CopyTo(mark);
        BinaryPrimitives.WriteInt64LittleEndian(mark[8..], progress.Commits);
        BinaryPrimitives.WriteInt64LittleEndian(mark[16..], progress.LastNumber);
        BinaryPrimitives.WriteInt64LittleEndian(mark[24..], progress.OldestWaiting);
        BinaryPrimitives.WriteInt64LittleEndian(mark[32..], progress.LastWrite);
        BinaryPrimitives.WriteUInt64LittleEndian(mark[ChecksumOffset..], XxHash3.HashToUInt64(mark[..ChecksumOffset]));
        try
        {
            RandomAccess.Write(_file, mark, 0);
        }
        catch (IOException)
        {
            // Less is noticed then, and nothing that is not so.
        }
    }

    public void Dispose() => _file.Dispose();
}
