using System.Buffers;
using Mnemo.Backends.Rows;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>Reads of an open collection whose rows are loaded. Every method is called with the gate held for reading.</summary>
internal sealed class RowSearch(FaissCollection collection)
{
    // The scan sums in single precision, the answer's cosine in double.
    private const float ScanRounding = 1e-4f;

    private readonly RowSelection _selection = new(collection.Rows, id =>
        collection.Records.Find(id) is { } document ? RecordDocument.TryRead(document, collection.Embedding) : null);

    private RowDirectory Rows => collection.Rows;

    /// <summary>The nearest that the scope sees and the filter passes; each is read from the records again and judged again.</summary>
    public IReadOnlyList<Match> Nearest(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var visible = scope.Visible();
        var best = new Nearest(query.Top, query.LeastSimilarity - ScanRounding);
        var buffer = ArrayPool<int>.Shared.Rent(Rows.Count);
        try
        {
            Scan(_selection.Visible(scope, query.Filter, buffer, cancellation), Direction(query.Vector.Span), best, cancellation);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(buffer);
        }

        cancellation.ThrowIfCancellationRequested();
        return [.. collection.ReadWhole([.. best.Ordered().Select(row => row.Id)])
            .Where(m => visible.Matches(m) && query.Filter.Matches(m))
            .Select(m => new Match(m, ExactScan.Cosine(m.Vector.Span, query.Vector.Span)))
            .Where(m => m.Similarity >= query.LeastSimilarity)
            .OrderByDescending(m => m.Similarity).ThenBy(m => m.Memory.Id)];
    }

    /// <summary>How many pass, whatever their scope.</summary>
    public long Count(MemoryFilter filter, CancellationToken cancellation) => _selection.Count(filter, cancellation);

    /// <summary>The ids of all that a scan hands out, in its order. Rows that cannot be read are among them.</summary>
    public long[] Ids(ScanQuery query, CancellationToken cancellation) => _selection.Ids(query, cancellation);

    /// <summary>Scans the index for the rows that it holds, and the segments for newer ones.</summary>
    private void Scan(ReadOnlySpan<int> ordinals, ReadOnlySpan<float> query, Nearest best, CancellationToken cancellation)
    {
        var indexed = ordinals.BinarySearch(Rows.Indexed);
        if (indexed < 0) indexed = ~indexed;
        var input = new ScanInput { Query = query, Metric = VectorMetric.Cosine, Ids = Rows.Ids, InverseNorms = Rows.InverseNorms };
        if (indexed > 0) CodedScan.Some(collection.Snapshot.Index!, collection.Snapshot.Codes, input, ordinals[..indexed], best, cancellation);
        collection.Segments.Scan(Rows, ordinals[indexed..], input, best, cancellation);
    }

    private static float[] Direction(ReadOnlySpan<float> query)
    {
        var inverse = (double)ExactScan.InverseNorm(query);
        var unit = new float[query.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(query[i] * inverse);
        return unit;
    }
}
