namespace Mnemo.Vectors;

/// <summary>
/// Nearest neighbours in an index file: its codes say which rows can be among the best, and only those are read and
/// compared. Finds what <see cref="ExactScan"/> finds over all of them, for the cosine and for vectors of length 1.
/// </summary>
public static class CodedScan
{
    /// <summary>Offers the rows that can be among the nearest.</summary>
    /// <param name="index">Where the vectors lie.</param>
    /// <param name="codes">Of all its rows; null while there are none, then every row is read.</param>
    /// <param name="input">What to look for; its first ordinal is 0.</param>
    /// <param name="ordinals">The rows to choose from.</param>
    /// <param name="best">Takes them; it is empty before.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="ArgumentException">The query has another dimension, a span is too short, or an ordinal lies outside.</exception>
    /// <exception cref="IOException">The disk refused, or the file was cut short meanwhile.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <paramref name="best"/> holds a part.</exception>
    public static void Some(FaissFlatIndex index, VectorCodes? codes, ScanInput input, ReadOnlySpan<int> ordinals, Nearest best, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(best);
        var floor = input.Metric == VectorMetric.Cosine ? best.Floor : float.NegativeInfinity;
        if (codes is not null) ordinals = codes.Candidates(input.Query, ordinals, best.Top, floor, cancellation);
        var vector = new float[index.Dimension];
        foreach (var ordinal in ordinals)
        {
            index.Read(ordinal, vector);
            ExactScan.All(VectorRows.Of(vector, vector.Length), input with { FirstOrdinal = ordinal }, best, cancellation);
        }
    }
}
