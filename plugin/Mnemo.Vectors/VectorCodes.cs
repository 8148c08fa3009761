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
    private const int RowsAhead = 8;
    private const int Steps = 127;

    // Beyond these, products of single precision may overflow or vanish, and the bound would not hold.
    private const float Largest = 1e25f, Smallest = 1e-25f;
    private readonly List<Block> _blocks = [];

    /// <summary>Makes room for no rows yet.</summary>
    /// <param name="dimension">Floats per vector, at least 1.</param>
    public VectorCodes(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
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
        if (Count % BlockRows == 0) _blocks.Add(new Block(Dimension));
        var block = _blocks[^1];
        var row = Count++ % BlockRows;
        var code = block.Codes.AsSpan(row * Dimension, Dimension);
        var largest = Kernels.Largest(ref MemoryMarshal.GetReference(vector), Dimension);
        if (inverseNorm == 0 || !(largest is > Smallest and < Largest))
        {
            block.Errors[row] = float.PositiveInfinity;
            return;
        }

        var squares = Kernels.Encode(ref MemoryMarshal.GetReference(vector), Steps / largest, ref MemoryMarshal.GetReference(code), Dimension);
        var step = (double)largest / Steps * inverseNorm;
        block.Scales[row] = (float)step;

        // The second term is for the rounding of numbers up to 127 before they are compared with their codes.
        block.Errors[row] = (float)(step * ((1.0001 * Math.Sqrt(squares)) + (4e-5 * Math.Sqrt(Dimension))));
    }

    /// <summary>Adds to <paramref name="candidates"/> all rows that can be among the nearest, and few others.</summary>
    /// <param name="query">The query; usually of length 1.</param>
    /// <param name="ordinals">The rows to choose from.</param>
    /// <param name="top">How many of the nearest are wanted, at least 1.</param>
    /// <param name="candidates">Takes the ordinals, in the order of <paramref name="ordinals"/>.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="ArgumentException">The query has another dimension, or an ordinal lies outside.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Candidates(ReadOnlySpan<float> query, ReadOnlySpan<int> ordinals, int top, List<int> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (query.Length != Dimension) throw new ArgumentException($"The query has {query.Length} numbers, the codes have {Dimension}.", nameof(query));
        var possible = new List<(int Ordinal, float AtMost)>();
        var floor = Collect(query, ordinals, top, possible, cancellation);
        foreach (var (ordinal, atMost) in possible)
        {
            if (!(atMost < floor)) candidates.Add(ordinal);
        }
    }

    /// <summary>The rows that could be among the best when they came up, and the score that the last of the best has at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Collect(ReadOnlySpan<float> query, ReadOnlySpan<int> ordinals, int top, List<(int Ordinal, float AtMost)> possible, CancellationToken cancellation)
    {
        var atLeast = new Nearest(top);
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
            var block = _blocks[ordinal / BlockRows];
            var row = ordinal % BlockRows;
            var score = block.Scales[row] * Kernels.Dot(ref block.Codes[row * Dimension], ref asked, Dimension);
            var slack = (block.Errors[row] * length) + rounding;
            if (score + slack < atLeast.Floor) continue;
            possible.Add((ordinal, score + slack));
            atLeast.Offer(score - slack, ordinal, ordinal);
        }

        return atLeast.Floor;
    }

    // The rows of a conversation lie apart, and a processor fetches only what follows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(int ordinal)
    {
        if (!Sse.IsSupported || (uint)ordinal >= (uint)Count) return;
        ref var code = ref _blocks[ordinal / BlockRows].Codes[ordinal % BlockRows * Dimension];
        for (var at = 0; at < Dimension; at += 64) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref code, at)));
    }

    private sealed class Block(int dimension)
    {
        public sbyte[] Codes { get; } = new sbyte[BlockRows * dimension];

        public float[] Scales { get; } = new float[BlockRows];

        /// <summary>The length of the difference between a unit vector and its code; infinite where nothing is known.</summary>
        public float[] Errors { get; } = new float[BlockRows];
    }
}
