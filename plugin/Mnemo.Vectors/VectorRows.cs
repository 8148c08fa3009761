using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mnemo.Vectors;

/// <summary>
/// A view on vectors that lie in memory at equal distances: a flat matrix, or the rows of a mapped file with other
/// bytes between them. The floats need not be aligned. Valid as long as the memory behind it.
/// </summary>
public readonly ref struct VectorRows
{
    private readonly ref byte _start;

    internal VectorRows(ref byte start, int count, int stride, int dimension)
    {
        _start = ref start;
        Count = count;
        Stride = stride;
        Dimension = dimension;
    }

    /// <summary>Views a row-major matrix without gaps.</summary>
    /// <param name="matrix">Its length is a multiple of <paramref name="dimension"/>.</param>
    /// <param name="dimension">Floats per row, at least 1.</param>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public static VectorRows Of(ReadOnlySpan<float> matrix, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (matrix.Length % dimension != 0) throw new ArgumentException("The matrix holds a broken row.", nameof(matrix));
        ref var start = ref Unsafe.As<float, byte>(ref MemoryMarshal.GetReference(matrix));
        return new VectorRows(ref start, matrix.Length / dimension, checked(4 * dimension), dimension);
    }

    /// <summary>How many rows.</summary>
    public int Count { get; }

    /// <summary>Bytes from the start of one row to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>Floats per row.</summary>
    public int Dimension { get; }

    /// <summary>One row.</summary>
    /// <param name="row">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return MemoryMarshal.CreateReadOnlySpan(ref At(row), Dimension);
        }
    }

    /// <summary>A part of the rows.</summary>
    public VectorRows Slice(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)Count, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(Count - first), nameof(count));
        return new VectorRows(ref Unsafe.AddByteOffset(ref _start, (nint)first * Stride), count, Stride, Dimension);
    }

    internal ref float At(int row) => ref Unsafe.As<byte, float>(ref Unsafe.AddByteOffset(ref _start, (nint)row * Stride));
}
