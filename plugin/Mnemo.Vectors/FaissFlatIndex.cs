using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Vectors;

/// <summary>
/// A flat index in FAISS's own file format (facebookresearch/faiss, faiss/impl/index_read.cpp): types
/// <c>IxF2</c> and <c>IxFI</c>, alone or under <c>IxMp</c> or <c>IxM2</c>. After the headers come the vectors as a
/// uint64 number of 4-byte units and the floats themselves, then for the last two the ids as a uint64 number and int64s.
/// Every size is checked against the length of the file before anything is read. Thread-safe.
/// </summary>
public sealed class FaissFlatIndex : IDisposable
{
    private const int ReadBytes = 1 << 20;
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly long _vectorsAt;
    private readonly long _idsAt;

    private FaissFlatIndex(string path, SafeFileHandle handle, FaissHeader flat, long vectorsAt, long idsAt)
    {
        _path = path;
        _handle = handle;
        _vectorsAt = vectorsAt;
        _idsAt = idsAt;
        Dimension = flat.Dimension;
        Count = (int)flat.Count;
        Metric = flat.Metric;
    }

    /// <summary>Floats per vector.</summary>
    public int Dimension { get; }

    /// <summary>How many vectors.</summary>
    public int Count { get; }

    /// <summary><see cref="VectorMetric.L2"/> or <see cref="VectorMetric.InnerProduct"/>.</summary>
    public VectorMetric Metric { get; }

    /// <summary>Whether the file holds ids of its own; else a vector's id is its row.</summary>
    public bool HasIds => _idsAt > 0;

    /// <summary>Opens an index.</summary>
    /// <exception cref="FaissFormatException">The file is damaged, cut short, longer than it says, or of another type.</exception>
    /// <exception cref="IOException">The file is missing or the disk refused.</exception>
    public static FaissFlatIndex Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            var length = RandomAccess.GetLength(handle);
            var outer = HeaderAt(path, handle, 0);
            var flatAt = outer.IsIdMap ? FaissHeader.Size : 0;
            var flat = outer.IsIdMap ? HeaderAt(path, handle, flatAt) : outer;
            if (!flat.IsFlat) throw new FaissFormatException(path, "an id map lies in an id map");
            if (outer.Dimension != flat.Dimension || outer.Count != flat.Count || outer.Metric != flat.Metric)
                throw new FaissFormatException(path, "its id map and its vectors contradict each other");

            var vectorsAt = flatAt + FaissHeader.Size + 8L;
            var idsAt = vectorsAt + (4L * flat.Count * flat.Dimension) + 8;
            var end = outer.IsIdMap ? idsAt + (8L * flat.Count) : idsAt - 8;
            if (length != end) throw new FaissFormatException(path, $"it has {length} bytes where its header promises {end}");
            if (NumberAt(path, handle, vectorsAt - 8) != (ulong)(flat.Count * flat.Dimension)) throw new FaissFormatException(path, "the size of its vectors contradicts its header");
            if (outer.IsIdMap && NumberAt(path, handle, idsAt - 8) != (ulong)flat.Count) throw new FaissFormatException(path, "the number of its ids contradicts its header");
            return new FaissFlatIndex(path, handle, flat, vectorsAt, outer.IsIdMap ? idsAt : 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The id of a row.</summary>
    public long IdAt(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        return HasIds ? (long)NumberAt(_path, _handle, _idsAt + (8L * row)) : row;
    }

    /// <summary>Reads one vector.</summary>
    /// <param name="row">0 to <see cref="Count"/> − 1.</param>
    /// <param name="vector">Takes the floats, bit for bit.</param>
    /// <exception cref="IOException">The disk refused, or the file was cut short meanwhile.</exception>
    public void Read(int row, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        if (vector.Length != Dimension) throw new ArgumentException("Another dimension.", nameof(vector));
        ReadExactly(_handle, MemoryMarshal.AsBytes(vector), _vectorsAt + (4L * Dimension * row));
    }

    /// <summary>Reads the whole file once, from the start to the end.</summary>
    /// <param name="vector">Is shown every row with its vector.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The XxHash3 of the file; what was shown may be trusted only if it is the right one.</returns>
    /// <exception cref="IOException">The disk refused, or the file was cut short meanwhile.</exception>
    public ulong ReadThrough(Action<int, ReadOnlySpan<float>> vector, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(vector);
        using var handle = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
        var hash = new XxHash3();
        var (rowBytes, length) = (4 * Dimension, RandomAccess.GetLength(handle));
        var rowsAtOnce = Math.Max(1, ReadBytes / rowBytes);
        var buffer = new byte[Math.Max(rowsAtOnce * rowBytes, (int)_vectorsAt)];
        Hash(0, (int)_vectorsAt);
        for (var first = 0; first < Count; first += rowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(rowsAtOnce, Count - first);
            var floats = MemoryMarshal.Cast<byte, float>(Hash(_vectorsAt + ((long)first * rowBytes), rows * rowBytes));
            for (var row = 0; row < rows; row++) vector(first + row, floats.Slice(row * Dimension, Dimension));
        }

        for (var at = _vectorsAt + ((long)Count * rowBytes); at < length; at += buffer.Length) Hash(at, (int)Math.Min(buffer.Length, length - at));
        return hash.GetCurrentHashAsUInt64();

        Span<byte> Hash(long at, int bytes)
        {
            var part = buffer.AsSpan(0, bytes);
            ReadExactly(handle, part, at);
            hash.Append(part);
            return part;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    private static FaissHeader HeaderAt(string path, SafeFileHandle handle, long offset)
    {
        Span<byte> bytes = stackalloc byte[FaissHeader.Size];
        return FaissHeader.Read(path, bytes[..ReadFully(handle, bytes, offset)]);
    }

    private static ulong NumberAt(string path, SafeFileHandle handle, long offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        return ReadFully(handle, bytes, offset) == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : throw new FaissFormatException(path, "it is cut short");
    }

    private void ReadExactly(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        if (ReadFully(handle, bytes, offset) < bytes.Length) throw new FaissFormatException(_path, "it is cut short");
    }

    private static int ReadFully(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes[done..], offset + done);
            if (read == 0) break;
            done += read;
        }

        return done;
    }
}
