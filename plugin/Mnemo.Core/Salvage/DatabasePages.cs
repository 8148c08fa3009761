using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Salvage;

/// <summary>
/// The pages of a SQLite database as they were last written, as far as they can be read: the latest sound frame of the
/// log, else the database file. Neither file is changed, and either may be missing.
/// </summary>
internal sealed class DatabasePages : IDisposable
{
    private const int PageSizeOffset = 16, DefaultPageSize = 4096;

    private readonly SafeFileHandle? _file;
    private readonly WriteAheadLog? _log;
    private readonly Dictionary<uint, LogFrame> _latest = [];
    private readonly byte[] _page;

    private DatabasePages(string path, bool isWholeLog)
    {
        if (File.Exists(path)) _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _log = WriteAheadLog.TryOpen(path + "-wal");
        var all = _log?.Frames.Take(isWholeLog ? int.MaxValue : _log.Committed).ToList() ?? [];
        var frames = all.FindAll(frame => frame.IsSound);
        foreach (var frame in frames) _latest[frame.Page] = frame;
        Damaged = all.FindAll(frame => !frame.IsSound && (!_latest.TryGetValue(frame.Page, out var sound) || sound.Offset < frame.Offset));
        PageSize = _log?.PageSize ?? PageSizeOf(_file);
        _page = new byte[PageSize];
        var inFile = _file is null ? 0 : (uint)(RandomAccess.GetLength(_file) / PageSize);
        var committed = frames.LastOrDefault(frame => frame.IsCommit)?.PagesAfterCommit ?? inFile;
        Count = Math.Max(committed, isWholeLog ? frames.Select(frame => frame.Page).DefaultIfEmpty().Max() : 0);
    }

    /// <summary>Bytes of a page.</summary>
    public int PageSize { get; }

    /// <summary>How many pages there should be.</summary>
    public uint Count { get; }

    /// <summary>Damaged frames of which no later version is there: what they hold is to be believed only where it proves itself.</summary>
    public IReadOnlyList<LogFrame> Damaged { get; }

    /// <summary>Looks at a database and at its log.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="isWholeLog">Whether what a transaction has written whose end cannot be read counts, too.</param>
    public static DatabasePages Open(string path, bool isWholeLog) => new(path, isWholeLog);

    /// <summary>A page by its number, from 1; empty when it is not there. It holds until the next call.</summary>
    public ReadOnlySpan<byte> Read(uint number)
    {
        if (_latest.TryGetValue(number, out var frame))
        {
            _log!.Read(frame, _page);
            return _page;
        }

        if (_file is null || number is 0 || RandomAccess.Read(_file, _page, (number - 1L) * PageSize) < PageSize) return [];
        return _page;
    }

    /// <summary>A damaged page. It holds until the next call.</summary>
    public ReadOnlySpan<byte> Read(LogFrame damaged)
    {
        _log!.Read(damaged, _page);
        return _page;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _log?.Dispose();
    }

    private static int PageSizeOf(SafeFileHandle? file)
    {
        Span<byte> two = stackalloc byte[2];
        if (file is null || RandomAccess.Read(file, two, PageSizeOffset) < two.Length) return DefaultPageSize;
        // 65,536 does not fit and is written as 1.
        return BinaryPrimitives.ReadUInt16BigEndian(two) switch
        {
            1 => 65_536,
            var size when size >= 512 && ushort.IsPow2(size) => size,
            _ => DefaultPageSize,
        };
    }
}
