using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Salvage;

/// <summary>
/// What a write-ahead log of SQLite holds, frame by frame. SQLite stops reading at the first frame whose checksum is
/// wrong; but each checksum follows from the one that is written in the frame before it, so what stands behind a
/// damaged frame can be told from noise, too.
/// </summary>
internal sealed class WriteAheadLog : IDisposable
{
    private const int HeaderLength = 32, FrameHeaderLength = 24, SaltsOffset = 16, ChecksumOffset = 24, ChecksumInFrame = 16, DefaultPageSize = 4096;
    private const uint Magic = 0x377f0682, BigEndianMagic = 0x377f0683;

    private readonly SafeFileHandle _file;

    private WriteAheadLog(SafeFileHandle file, int pageSize, List<LogFrame> frames, bool isHeaderSound)
    {
        (_file, PageSize, Frames) = (file, pageSize, frames);
        Committed = 1 + frames.FindLastIndex(frame => frame.IsSound && frame.IsCommit);
        var read = isHeaderSound ? frames.TakeWhile(frame => frame.IsRegular).Count() : 0;
        LostCommits = frames.Take(Committed).Skip(read).Count(frame => frame.IsCommit);
    }

    /// <summary>Bytes of a page.</summary>
    public int PageSize { get; }

    /// <summary>Every frame of this log, the damaged ones too.</summary>
    public IReadOnlyList<LogFrame> Frames { get; }

    /// <summary>How many of them are certainly committed. What follows was not finished, or its last frame is the damaged one.</summary>
    public int Committed { get; }

    /// <summary>How many transactions SQLite passes over although they were certainly committed, and so were acknowledged.</summary>
    public int LostCommits { get; }

    /// <summary>Opens a log; null when there is none, or when nothing in it can be read.</summary>
    public static WriteAheadLog? TryOpen(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > HeaderLength }) return null;
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var header = new byte[HeaderLength];
            RandomAccess.Read(file, header, 0);
            var isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(header) == BigEndianMagic;
            var pageSize = PageSizeOf(header);
            var frames = FramesOf(file, header, pageSize, isBigEndian);
            if (frames.Count > 0) return new WriteAheadLog(file, pageSize, frames, IsSound(header, isBigEndian));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Reads the page of a frame.</summary>
    public void Read(LogFrame frame, Span<byte> page) => RandomAccess.Read(_file, page, frame.Offset);

    public void Dispose() => _file.Dispose();

    private static int PageSizeOf(ReadOnlySpan<byte> header)
    {
        var named = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        return named is >= 512 and <= 65_536 && uint.IsPow2(named) ? (int)named : DefaultPageSize;
    }

    private static bool IsSound(ReadOnlySpan<byte> header, bool isBigEndian) =>
        BinaryPrimitives.ReadUInt32BigEndian(header) is Magic or BigEndianMagic
        && default(LogChecksum).Add(header[..ChecksumOffset], isBigEndian) == LogChecksum.Written(header[ChecksumOffset..]);

    private static List<LogFrame> FramesOf(SafeFileHandle file, byte[] header, int pageSize, bool isBigEndian)
    {
        var frame = new byte[FrameHeaderLength + pageSize];
        var salts = SaltsOf(file, header, frame.Length);
        var written = LogChecksum.Written(header.AsSpan(ChecksumOffset));
        var computed = written;
        List<LogFrame> frames = [];
        var (end, isOfThisLog) = (0, true);
        // What an earlier and longer log has left behind the end of this one has other salts.
        for (long offset = HeaderLength; RandomAccess.Read(file, frame, offset) == frame.Length; offset += frame.Length)
        {
            var hasSalts = BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(8)) == salts;
            var sum = LogChecksum.Written(frame.AsSpan(ChecksumInFrame));
            var follows = written.Add(frame, isBigEndian);
            // When it follows from what the frame before should say, the damage is in what that one says, and not in its page.
            var skips = follows != sum && written != computed && computed.Add(frame, isBigEndian) == sum;
            isOfThisLog = hasSalts || (isOfThisLog && follows == sum);
            if (skips && frames.Count > 0) frames[^1] = frames[^1] with { IsSound = true };
            (written, computed) = (sum, skips ? sum : follows);
            frames.Add(new LogFrame(BinaryPrimitives.ReadUInt32BigEndian(frame), BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)), offset + FrameHeaderLength,
                IsSound: isOfThisLog && (follows == sum || skips), IsRegular: hasSalts && follows == sum));
            if (isOfThisLog) end = frames.Count;
        }

        frames.RemoveRange(end, frames.Count - end);
        return frames;
    }

    /// <summary>The salts of this log; frames with others are left from an earlier one. A damaged header is outvoted by the first two frames.</summary>
    private static ulong SaltsOf(SafeFileHandle file, byte[] header, int frameLength)
    {
        var named = BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(SaltsOffset));
        var first = SaltsAt(HeaderLength);
        return first == named || SaltsAt(HeaderLength + frameLength) == named ? named : first;

        ulong SaltsAt(long frame)
        {
            Span<byte> salts = stackalloc byte[8];
            return RandomAccess.Read(file, salts, frame + 8) == salts.Length ? BinaryPrimitives.ReadUInt64BigEndian(salts) : 0;
        }
    }

    /// <summary>SQLite's running checksum.</summary>
    private readonly record struct LogChecksum(uint First, uint Second)
    {
        public static LogChecksum Written(ReadOnlySpan<byte> at) => new(BinaryPrimitives.ReadUInt32BigEndian(at), BinaryPrimitives.ReadUInt32BigEndian(at[4..]));

        /// <summary>The checksum of a frame after this one: of its page number, its commit and its page.</summary>
        public LogChecksum Add(byte[] frame, bool isBigEndian) => Add(frame.AsSpan(0, 8), isBigEndian).Add(frame.AsSpan(FrameHeaderLength), isBigEndian);

        public LogChecksum Add(ReadOnlySpan<byte> bytes, bool isBigEndian)
        {
            var (first, second) = this;
            for (var i = 0; i + 8 <= bytes.Length; i += 8)
            {
                first += Word(bytes[i..], isBigEndian) + second;
                second += Word(bytes[(i + 4)..], isBigEndian) + first;
            }

            return new LogChecksum(first, second);
        }

        private static uint Word(ReadOnlySpan<byte> at, bool isBigEndian) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }
}
