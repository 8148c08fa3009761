using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mnemo.Vectors;

/// <summary>
/// Writes <c>IndexFlatL2</c> or <c>IndexFlatIP</c> under <c>IndexIDMap2</c> in FAISS's own file format, row by row, to a
/// temporary name; <see cref="Finish"/> syncs and renames it. Disposed before that, it leaves nothing behind.
/// </summary>
public sealed class FaissFlatWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly XxHash3 _hash = new();
    private readonly int _dimension;
    private readonly int _count;
    private int _rows;
    private int _buffered;
    private long _written;
    private bool _finished;

    /// <summary>Starts a file.</summary>
    /// <param name="path">Its name in the end.</param>
    /// <param name="dimension">Floats per vector, 1 to 1,048,576.</param>
    /// <param name="metric"><see cref="VectorMetric.L2"/> or <see cref="VectorMetric.InnerProduct"/>.</param>
    /// <param name="count">Exactly how many vectors will come.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public FaissFlatWriter(string path, int dimension, VectorMetric metric, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, FaissHeader.MaxDimension);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (metric == VectorMetric.Cosine) throw new ArgumentException("FAISS has no cosine; write unit vectors with the inner product.", nameof(metric));
        (_path, _dimension, _count) = (path, dimension, count);
        _handle = File.OpenHandle(path + DurableFile.TemporarySuffix, FileMode.Create, FileAccess.Write, FileShare.None);
        var type = metric == VectorMetric.L2 ? FaissHeader.FlatL2 : FaissHeader.FlatInnerProduct;
        Span<byte> headers = stackalloc byte[(2 * FaissHeader.Size) + 8];
        new FaissHeader(FaissHeader.IdMap2, dimension, count, metric).Write(headers);
        new FaissHeader(type, dimension, count, metric).Write(headers[FaissHeader.Size..]);
        BinaryPrimitives.WriteUInt64LittleEndian(headers[(2 * FaissHeader.Size)..], (ulong)count * (ulong)dimension);
        Put(headers);
    }

    /// <summary>Adds the next vector.</summary>
    public void Append(ReadOnlySpan<float> vector)
    {
        if (vector.Length != _dimension) throw new ArgumentException($"A vector of {vector.Length} numbers in an index of {_dimension}.", nameof(vector));
        if (_rows == _count) throw new InvalidOperationException("More vectors than announced.");
        _rows++;
        Put(MemoryMarshal.AsBytes(vector));
    }

    /// <summary>Adds the ids, in the order of the vectors; the file is durable and has its name when this returns.</summary>
    /// <returns>The XxHash3 of the whole file, to recognise damage later.</returns>
    public ulong Finish(ReadOnlySpan<long> ids)
    {
        if (_rows != _count || ids.Length != _count) throw new InvalidOperationException("Fewer vectors or ids than announced.");
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)_count);
        Put(number);
        Put(MemoryMarshal.AsBytes(ids));
        Drain();
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        DurableFile.Publish(_path + DurableFile.TemporarySuffix, _path);
        _finished = true;
        return _hash.GetCurrentHashAsUInt64();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_finished) return;
        _handle.Dispose();
        File.Delete(_path + DurableFile.TemporarySuffix);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_buffered == _buffer.Length) Drain();
            var part = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            bytes = bytes[part..];
        }
    }

    private void Drain()
    {
        var part = _buffer.AsSpan(0, _buffered);
        _hash.Append(part);
        RandomAccess.Write(_handle, part, _written);
        _written += _buffered;
        _buffered = 0;
    }
}
