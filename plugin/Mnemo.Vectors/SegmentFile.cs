using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Vectors;

/// <summary>
/// An append-only file of vectors, the truth that every index is made from. 64 bytes of header (<c>MNEMOVEC</c>,
/// version:int32, dimension:int32, CRC-32 of these 16 bytes, zeros), then rows of equal size: id:int64, the floats,
/// CRC-32 of both; little-endian. A row of zeros only was erased. One thread appends and erases; any may read.
/// </summary>
public sealed class SegmentFile : IDisposable
{
    private const int HeaderBytes = 64;
    private const int Version = 1;
    private static ReadOnlySpan<byte> Magic => "MNEMOVEC"u8;
    private readonly SafeFileHandle _handle;
    private readonly Lock _mapping = new();
    private readonly List<MappedFile> _retired = [];
    private MappedFile? _map;
    private int _rows;

    private SegmentFile(string path, SafeFileHandle handle, int dimension, int rows)
    {
        (FilePath, _handle, Dimension, _rows) = (path, handle, dimension, rows);
        RowBytes = BytesPerRow(dimension);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Floats per vector.</summary>
    public int Dimension { get; }

    /// <summary>Bytes per row: id, floats, checksum.</summary>
    public int RowBytes { get; }

    /// <summary>How many rows there are, erased ones included.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Why nothing may be written any more: a sync failed, so nobody knows what the disk holds. Null while all is well.</summary>
    public string? Broken { get; private set; }

    /// <summary>Bytes that a row takes.</summary>
    public static int BytesPerRow(int dimension) => checked(8 + (4 * dimension) + 4);

    /// <summary>Makes a new, empty segment; its name and header are durable when this returns.</summary>
    /// <exception cref="IOException">The file exists, or the disk refused.</exception>
    public static SegmentFile Create(string path, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            RandomAccess.Write(handle, Header(dimension), 0);
            RandomAccess.FlushToDisk(handle);
            DurableFile.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new SegmentFile(path, handle, dimension, 0);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a segment and crops what a crash left at its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimension">The dimension it must have.</param>
    /// <param name="committedRows">How many rows were acknowledged: what lies beyond is cropped, and if there are fewer, <see cref="Rows"/> says so. Null crops rows at the end whose checksum is wrong.</param>
    /// <exception cref="SegmentFormatException">The header is damaged or foreign, or of another dimension.</exception>
    public static SegmentFile Open(string path, int dimension, int? committedRows = null)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            var header = new byte[HeaderBytes];
            if (RandomAccess.Read(handle, header, 0) < HeaderBytes) throw new SegmentFormatException(path, "it is shorter than its header");
            if (!header.AsSpan(0, 8).SequenceEqual(Magic)) throw new SegmentFormatException(path, "it does not start with the letters MNEMOVEC");
            var stored = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
            if (!header.AsSpan().SequenceEqual(Header(stored))) throw new SegmentFormatException(path, "its header does not agree with its checksum, or is of a newer version");
            if (stored != dimension) throw new SegmentFormatException(path, $"its vectors have {stored} numbers, not {dimension}");
            var length = RandomAccess.GetLength(handle);
            var whole = (int)Math.Min((length - HeaderBytes) / BytesPerRow(dimension), int.MaxValue);
            var segment = new SegmentFile(path, handle, dimension, committedRows is { } kept ? Math.Min(kept, whole) : whole);
            if (committedRows is null) segment.StepBackOverTornRows();
            if (length != segment.EndOf(segment._rows)) segment.Crop();
            return segment;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows; durable only after <see cref="Flush"/>. When the disk refuses, the file is as it was.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="vectors">A vector for each id.</param>
    /// <returns>The number of the first row.</returns>
    public int Append(IReadOnlyList<long> ids, IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(vectors);
        if (ids.Count != vectors.Count) throw new ArgumentException("A vector for each id, please.", nameof(vectors));
        ThrowIfBroken();
        var first = _rows;
        var buffer = ArrayPool<byte>.Shared.Rent(checked(ids.Count * RowBytes));
        try
        {
            for (var i = 0; i < ids.Count; i++) Encode(ids[i], vectors[i].Span, buffer.AsSpan(i * RowBytes, RowBytes));
            RandomAccess.Write(_handle, buffer.AsSpan(0, ids.Count * RowBytes), EndOf(first));
            Volatile.Write(ref _rows, checked(first + ids.Count));
            return first;
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_handle, EndOf(first));
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Takes back rows that were appended and must not stay.</summary>
    public void TruncateTo(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rows, (uint)_rows, nameof(rows));
        Volatile.Write(ref _rows, rows);
        Crop();
    }

    /// <summary>Makes everything appended or erased so far durable.</summary>
    /// <exception cref="IOException">The disk refused. Since its cache may have dropped the rows, nothing can be appended any more.</exception>
    public void Flush()
    {
        ThrowIfBroken();
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (IOException e)
        {
            Broken = e.Message;
            throw;
        }
    }

    /// <summary>Reads one row past the page tables, checked.</summary>
    /// <param name="row">Which one.</param>
    /// <param name="vector">Takes the floats, bit for bit.</param>
    /// <returns>The id.</returns>
    /// <exception cref="SegmentFormatException">The row is not there, was erased, or its checksum is wrong.</exception>
    public long Read(int row, Span<float> vector)
    {
        if (vector.Length != Dimension) throw new ArgumentException("Another dimension.", nameof(vector));
        if ((uint)row >= (uint)Rows) throw new SegmentFormatException(FilePath, $"row {row} is missing");
        var buffer = ArrayPool<byte>.Shared.Rent(RowBytes);
        try
        {
            var bytes = buffer.AsSpan(0, RowBytes);
            if (!ReadRow(row, bytes)) throw new SegmentFormatException(FilePath, $"row {row} is cut short");
            if (!IsValid(bytes)) throw new SegmentFormatException(FilePath, $"row {row} does not agree with its checksum");
            bytes[8..^4].CopyTo(MemoryMarshal.AsBytes(vector));
            return BinaryPrimitives.ReadInt64LittleEndian(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The id of a row and whether it was erased; unchecked.</summary>
    public long ReadId(int row)
    {
        Span<byte> id = stackalloc byte[8];
        return (uint)row < (uint)Rows && RandomAccess.Read(_handle, id, EndOf(row)) == 8
            ? BinaryPrimitives.ReadInt64LittleEndian(id)
            : throw new SegmentFormatException(FilePath, $"row {row} is missing");
    }

    /// <summary>Overwrites a row with zeros unless it is zeros already; durable after <see cref="Flush"/>.</summary>
    /// <returns>Whether anything had to be written.</returns>
    public bool Erase(int row)
    {
        if ((uint)row >= (uint)Rows) throw new SegmentFormatException(FilePath, $"row {row} is missing");
        ThrowIfBroken();
        var bytes = new byte[RowBytes];
        if (ReadRow(row, bytes) && bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0) return false;
        Array.Clear(bytes);
        RandomAccess.Write(_handle, bytes, EndOf(row));
        return true;
    }

    /// <summary>The vectors of all rows, memory-mapped. The view is valid until the next <see cref="ReleaseOldViews"/> or disposal.</summary>
    public VectorRows Map()
    {
        lock (_mapping)
        {
            var rows = Rows;
            if (rows == 0) return default;
            if (_map is null || _map.Length < EndOf(rows))
            {
                if (_map is not null) _retired.Add(_map);
                _map = new MappedFile(_handle, EndOf(rows));
            }

            return _map.Rows(HeaderBytes + 8, rows, RowBytes, Dimension);
        }
    }

    /// <summary>Lets go of mappings that newer ones replaced. The caller knows that nobody reads through them.</summary>
    public void ReleaseOldViews()
    {
        lock (_mapping)
        {
            foreach (var map in _retired) map.Dispose();
            _retired.Clear();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ReleaseOldViews();
        _map?.Dispose();
        _handle.Dispose();
    }

    private static byte[] Header(int dimension)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), dimension);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Crc32.HashToUInt32(header.AsSpan(0, 16)));
        return header;
    }

    private void Encode(long id, ReadOnlySpan<float> vector, Span<byte> row)
    {
        if (vector.Length != Dimension) throw new ArgumentException($"A vector of {vector.Length} numbers in a segment of {Dimension}.", nameof(vector));
        BinaryPrimitives.WriteInt64LittleEndian(row, id);
        MemoryMarshal.AsBytes(vector).CopyTo(row[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(row[^4..], Crc32.HashToUInt32(row[..^4]));
    }

    private static bool IsValid(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadUInt32LittleEndian(row[^4..]) == Crc32.HashToUInt32(row[..^4]);

    private void StepBackOverTornRows()
    {
        var bytes = new byte[RowBytes];
        while (_rows > 0 && !(ReadRow(_rows - 1, bytes) && (IsValid(bytes) || bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0))) _rows--;
    }

    private bool ReadRow(int row, Span<byte> bytes)
    {
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(_handle, bytes[done..], EndOf(row) + done);
            if (read == 0) return false;
            done += read;
        }

        return true;
    }

    private void Crop()
    {
        RandomAccess.SetLength(_handle, EndOf(_rows));
        Flush();
    }

    private long EndOf(int rows) => HeaderBytes + ((long)rows * RowBytes);

    private void ThrowIfBroken()
    {
        if (Broken is not null) throw new IOException($"'{Path.GetFileName(FilePath)}' cannot be written any more since a sync failed ({Broken}).");
    }
}
