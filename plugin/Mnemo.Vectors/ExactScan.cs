using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mnemo.Vectors;

/// <summary>How near two vectors are. Scores are always higher for nearer.</summary>
public enum VectorMetric
{
    /// <summary>The score is the inner product.</summary>
    InnerProduct,

    /// <summary>The score is minus the squared Euclidean distance.</summary>
    L2,

    /// <summary>The score is the cosine, by inverse norms that the caller keeps; the query has length 1.</summary>
    Cosine,
}

/// <summary>What a scan needs to know besides the vectors. The spans are indexed by ordinal.</summary>
public readonly ref struct ScanInput
{
    /// <summary>As many floats as the rows have.</summary>
    public required ReadOnlySpan<float> Query { get; init; }

    /// <summary>The measure.</summary>
    public required VectorMetric Metric { get; init; }

    /// <summary>The id of every ordinal.</summary>
    public required ReadOnlySpan<long> Ids { get; init; }

    /// <summary>1 ÷ length of every vector, 0 for those without a direction; needed for the cosine only.</summary>
    public ReadOnlySpan<float> InverseNorms { get; init; }

    /// <summary>The ordinal of the first row.</summary>
    public int FirstOrdinal { get; init; }
}

/// <summary>Nearest neighbours by looking at every row: exact, and fast enough for hundreds of thousands.</summary>
public static class ExactScan
{
    private const int RowsBetweenChecks = 4096;

    /// <summary>Offers all rows to <paramref name="best"/>. Allocates nothing.</summary>
    /// <exception cref="ArgumentException">The query has another dimension, or a span is too short.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <paramref name="best"/> holds a part.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void All(VectorRows rows, ScanInput input, Nearest best, CancellationToken cancellation)
    {
        Check(rows, input, best);
        for (var row = 0; row < rows.Count; row++)
        {
            if (row % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            Offer(rows, input, best, row);
        }
    }

    /// <summary>Offers the rows of the given ordinals; each lies in [FirstOrdinal, FirstOrdinal + Count). Allocates nothing.</summary>
    /// <exception cref="ArgumentException">The query has another dimension, a span is too short, or an ordinal lies outside.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <paramref name="best"/> holds a part.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Some(VectorRows rows, ScanInput input, ReadOnlySpan<int> ordinals, Nearest best, CancellationToken cancellation)
    {
        Check(rows, input, best);
        for (var i = 0; i < ordinals.Length; i++)
        {
            if (i % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            var row = ordinals[i] - input.FirstOrdinal;
            if ((uint)row >= (uint)rows.Count) throw new ArgumentException("An ordinal lies outside the rows.", nameof(ordinals));
            Offer(rows, input, best, row);
        }
    }

    /// <summary>1 ÷ the length of a vector; 0 when it has no direction (zero, or not finite).</summary>
    public static float InverseNorm(ReadOnlySpan<float> vector)
    {
        var squares = 0d;
        foreach (var x in vector) squares += (double)x * x;
        var inverse = (float)(1 / Math.Sqrt(squares));
        return float.IsFinite(inverse) ? inverse : 0;
    }

    /// <summary>The cosine in double precision, for the score that is shown; 0 when one has no direction.</summary>
    public static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new ArgumentException("The vectors differ in length.", nameof(b));
        double dot = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        var cosine = dot / (Math.Sqrt(aa) * Math.Sqrt(bb));
        return double.IsFinite(cosine) ? (float)Math.Clamp(cosine, -1, 1) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Offer(VectorRows rows, in ScanInput input, Nearest best, int row)
    {
        var ordinal = input.FirstOrdinal + row;
        ref var query = ref MemoryMarshal.GetReference(input.Query);
        var score = input.Metric switch
        {
            VectorMetric.L2 => -Kernels.SquaredDistance(ref rows.At(row), ref query, rows.Dimension),
            VectorMetric.Cosine => Kernels.Dot(ref rows.At(row), ref query, rows.Dimension) * input.InverseNorms[ordinal],
            _ => Kernels.Dot(ref rows.At(row), ref query, rows.Dimension),
        };
        if (!(score < best.Floor)) best.Offer(score, input.Ids[ordinal], ordinal);
    }

    private static void Check(VectorRows rows, in ScanInput input, Nearest best)
    {
        ArgumentNullException.ThrowIfNull(best);
        var end = (long)input.FirstOrdinal + rows.Count;
        if (input.Query.Length != rows.Dimension) throw new ArgumentException($"The query has {input.Query.Length} numbers, the rows have {rows.Dimension}.", nameof(input));
        if (input.FirstOrdinal < 0 || input.Ids.Length < end) throw new ArgumentException("Fewer ids than rows.", nameof(input));
        if (input.Metric == VectorMetric.Cosine && input.InverseNorms.Length < end) throw new ArgumentException("Fewer norms than rows.", nameof(input));
    }
}
