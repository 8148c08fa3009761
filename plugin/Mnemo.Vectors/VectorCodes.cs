using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Mnemo.Vectors;

/// <summary>
/// Vectors at a byte a number, a quarter of their size, to tell which of them can be among the nearest by the cosine
/// without reading the others. With a unit vector u, its code û and a query q, |u·q − û·q| ≤ ‖u − û‖ ‖q‖ (Cauchy and
/// Schwarz), and ‖u − û‖ is kept for every row; so nothing that an exact scan finds is ever left out. Filled by one thread,
/// read by any after that.
/// </summary>
public sealed class VectorCodes
{
    private const int BlockRows = 1024;
    private const int RowsBetweenChecks = 4096;
    private const int CacheLineBytes = 64;
    private const int RowsAhead = 8;
    private const int Steps = 127;
    private const int HeaderBytes = 2 * sizeof(float);

    // Beyond these, products of single precision may overflow or vanish, and the bound would not hold.
    private const float Largest = 1e25f, Smallest = 1e-25f;

    // Rows one after the other: how much a step of the code is worth, how long the difference between the unit vector and
    // its code is (infinite where nothing is known), and the code. Together, since they lie anywhere in memory.
    private readonly List<sbyte[]> _blocks = [];
    private readonly int _rowBytes;

    /// <summary>Makes room for no rows yet.</summary>
    /// <param name="dimension">Floats per vector, at least 1.</param>
    public VectorCodes(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        _rowBytes = checked(HeaderBytes + dimension);
    }

    /// <summary>Floats per vector.</summary>
    public int Dimension { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the next row.</summary>
    /// <param name="vector">Its vector, of any length.</param>
    /// <param name="inverseNorm">1 ÷ its length, see <see cref="ExactScan.InverseNorm"/>.</param>
    public void Append(ReadOnlySpan<float> vector, float inverseNorm)
    {
        if (vector.Length != Dimension) throw new ArgumentException($"A vector of {vector.Length} numbers among codes of {Dimension}.", nameof(vector));
        if (Count % BlockRows == 0) _blocks.Add(new sbyte[BlockRows * _rowBytes]);
        ref var row = ref Row(Count++);
        ref var first = ref MemoryMarshal.GetReference(vector);
        var largest = Kernels.Largest(ref first, Dimension);
        if (inverseNorm == 0 || !(largest is > Smallest and < Largest))
        {
            SetHeader(ref row, 0, float.PositiveInfinity);
            return;
        }

        var squares = Kernels.Encode(ref first, Steps / largest, ref Unsafe.Add(ref row, HeaderBytes), Dimension);
        var step = (double)largest / Steps * inverseNorm;

        // The second term is for the rounding of numbers up to 127 before they are compared with their codes.
        SetHeader(ref row, (float)step, (float)(step * ((1.0001 * Math.Sqrt(squares)) + (4e-5 * Math.Sqrt(Dimension)))));
    }

    /// <summary>All rows that can be among the nearest, and few others.</summary>
    /// <param name="query">The query; usually of length 1.</param>
    /// <param name="ordinals">The rows to choose from.</param>
    /// <param name="top">How many of the nearest are wanted, at least 1.</param>
    /// <param name="floor">Rows with a lower cosine are not wanted; negative infinity wants all.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>Their ordinals, in the order of <paramref name="ordinals"/>.</returns>
    /// <exception cref="ArgumentException">The query has another dimension, or an ordinal lies outside.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public int[] Candidates(ReadOnlySpan<float> query, ReadOnlySpan<int> ordinals, int top, float floor, CancellationToken cancellation)
    {
        if (query.Length != Dimension) throw new ArgumentException($"The query has {query.Length} numbers, the codes have {Dimension}.", nameof(query));
        var possible = new List<(int Ordinal, float AtMost)>();
        var least = Collect(query, ordinals, new Nearest(top, floor), possible, cancellation);
        return [.. possible.Where(p => !(p.AtMost < least)).Select(p => p.Ordinal)];
    }

    /// <summary>The rows that could be among the best when they came up, and the score that the last of the best has at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Collect(ReadOnlySpan<float> query, ReadOnlySpan<int> ordinals, Nearest atLeast, List<(int Ordinal, float AtMost)> possible, CancellationToken cancellation)
    {
        ref var asked = ref MemoryMarshal.GetReference(query);
        var length = MathF.Sqrt(Kernels.Dot(ref asked, ref asked, Dimension)) * 1.0001f;

        // Both sums of products are rounded at most so often; the codes may be a little longer than their vectors.
        var rounding = length * 4 * (Dimension + 16) * (float)Math.Pow(2, -24);
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (i % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            var ordinal = ordinals[i];
            if ((uint)ordinal >= (uint)Count) throw new ArgumentException("An ordinal lies outside the rows.", nameof(ordinals));
            if (i + RowsAhead < ordinals.Length) Prefetch(ordinals[i + RowsAhead]);
            ref var row = ref Row(ordinal);
            var (step, error) = Unsafe.ReadUnaligned<(float, float)>(ref Unsafe.As<sbyte, byte>(ref row));
            var score = step * Kernels.Dot(ref Unsafe.Add(ref row, HeaderBytes), ref asked, Dimension);
            var slack = (error * length) + rounding;
            if (score + slack < atLeast.Floor) continue;
            possible.Add((ordinal, score + slack));
            atLeast.Offer(score - slack, ordinal, ordinal);
        }

        return atLeast.Floor;
    }

    // The rows of a conversation lie apart, and a processor fetches only what follows. As many as are asked for ahead do not fit its first cache.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(int ordinal)
    {
        if (!Sse.IsSupported || (uint)ordinal >= (uint)Count) return;
        ref var row = ref Row(ordinal);
        for (var at = 0; at < _rowBytes; at += CacheLineBytes) Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref row, at)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref sbyte Row(int ordinal) => ref _blocks[ordinal / BlockRows][ordinal % BlockRows * _rowBytes];

    private static void SetHeader(ref sbyte row, float step, float error) =>
        Unsafe.WriteUnaligned(ref Unsafe.As<sbyte, byte>(ref row), (step, error));
}
