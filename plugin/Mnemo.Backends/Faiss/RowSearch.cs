using System.Buffers;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>Reads of an open collection whose rows are loaded. Every method is called with the gate held for reading.</summary>
internal sealed class RowSearch(FaissCollection collection)
{
    private const int RecordsBetweenChecks = 256;

    // The scan sums in single precision, the answer's cosine in double.
    private const float ScanRounding = 1e-4f;

    private RowDirectory Rows => collection.Rows;

    /// <summary>The nearest that the scope sees and the filter passes; each is read from the records again and judged again.</summary>
    public IReadOnlyList<Match> Nearest(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var visible = scope.Visible();
        var best = new Nearest(query.Top, query.LeastSimilarity - ScanRounding);
        var buffer = ArrayPool<int>.Shared.Rent(Rows.Count);
        try
        {
            Scan(Passing(scope, query.Filter, buffer, cancellation), Direction(query.Vector.Span), best, cancellation);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(buffer);
        }

        cancellation.ThrowIfCancellationRequested();
        return [.. collection.Read([.. best.Ordered().Select(row => row.Id)])
            .Where(m => visible.Matches(m) && query.Filter.Matches(m))
            .Select(m => new Match(m, ExactScan.Cosine(m.Vector.Span, query.Vector.Span)))
            .Where(m => m.Similarity >= query.LeastSimilarity)
            .OrderByDescending(m => m.Similarity).ThenBy(m => m.Memory.Id)];
    }

    /// <summary>How many pass, whatever their scope.</summary>
    public long Count(MemoryFilter filter, CancellationToken cancellation) =>
        filter is MemoryFilter.AllOf { Parts.Count: 0 } ? Rows.Live : Ordinals(filter, cancellation).Count;

    /// <summary>The ids of all that pass, whatever their scope, ascending.</summary>
    public long[] Ids(MemoryId? after, MemoryFilter filter, CancellationToken cancellation)
    {
        var range = after is { } a && a.Value == long.MaxValue ? MemoryFilter.Nothing
            : after is { } b ? MemoryFilter.And(MemoryFilter.Range(NumberField.Id, b.Value + 1, null), filter) : filter;
        long[] ids = [.. Ordinals(range, cancellation).Select(o => Rows.Ids[o])];
        Array.Sort(ids);
        return ids;
    }

    private List<int> Ordinals(MemoryFilter filter, CancellationToken cancellation)
    {
        var test = RowPredicate.From(filter, Rows);
        List<int> passing = [];
        for (var ordinal = 0; ordinal < Rows.Count; ordinal++)
        {
            if (!Rows.IsDead(ordinal) && Passes(test, filter, ordinal, cancellation)) passing.Add(ordinal);
        }

        return passing;
    }

    /// <summary>Ascending ordinals of what the scope sees and the filter passes; the postings spare looking at the rest.</summary>
    private ReadOnlySpan<int> Passing(MemoryScope scope, MemoryFilter filter, Span<int> buffer, CancellationToken cancellation)
    {
        var candidates = ByIds(filter, Candidates(scope, buffer));
        var whole = MemoryFilter.And(scope.Visible(), filter);
        var test = filter is MemoryFilter.AllOf { Parts.Count: 0 } ? Persona(scope) : RowPredicate.From(whole, Rows);
        if (ReferenceEquals(test, RowPredicate.Always) && Rows.DeadCount == 0) return candidates;
        var count = 0;
        foreach (var ordinal in candidates)
        {
            // The candidates may lie in the buffer themselves; no more are written than were read.
            if (!Rows.IsDead(ordinal) && Passes(test, whole, ordinal, cancellation)) buffer[count++] = ordinal;
        }

        return buffer[..count];
    }

    /// <summary>The rows of the ids that the filter asks for, if those are fewer than the candidates.</summary>
    private ReadOnlySpan<int> ByIds(MemoryFilter filter, ReadOnlySpan<int> candidates)
    {
        var ids = filter as MemoryFilter.IdIn ?? (filter as MemoryFilter.AllOf)?.Parts.OfType<MemoryFilter.IdIn>().FirstOrDefault();
        if (ids is null || ids.Values.Count >= candidates.Length) return candidates;
        int[] found = [.. ids.Values.Select(i => Rows.Find(i.Value)).Where(o => o >= 0).Distinct()];
        Array.Sort(found);
        return found;
    }

    /// <summary>Exactly the rows that the scope sees, but for the persona.</summary>
    private ReadOnlySpan<int> Candidates(MemoryScope scope, Span<int> buffer)
    {
        var strings = Rows.Strings;
        var (platform, guild) = (strings.Find(scope.Platform), strings.Find(scope.Guild));
        List<Posting?> parts = [Rows.Conversation(platform, guild, strings.Find(scope.Channel), strings.Find(scope.Thread))];
        if (!scope.IsDirect)
        {
            parts.Add(Rows.Speaker(platform, guild, strings.Find(scope.Subject)));
            parts.AddRange(scope.Reach.Conversations.Select(c => Rows.Conversation(platform, guild, strings.Find(c.Channel), strings.Find(c.Thread))));
        }

        List<Posting> found = [.. parts.OfType<Posting>()];
        return found is [var only] ? only.Items : buffer[..Posting.Union(found, buffer)];
    }

    private RowPredicate Persona(MemoryScope scope) =>
        scope.Reach.AnyPersona ? RowPredicate.Always : RowPredicate.From(MemoryFilter.Equal(TextField.Persona, scope.Persona), Rows);

    private bool Passes(RowPredicate test, MemoryFilter filter, int ordinal, CancellationToken cancellation)
    {
        if (ordinal % RecordsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
        return test.Of(ordinal) switch
        {
            Verdict.Pass => true,
            Verdict.Fail => false,
            _ => collection.Records.Find(Rows.Ids[ordinal]) is { } document && filter.Matches(RecordDocument.Read(document, collection.Embedding)),
        };
    }

    /// <summary>Scans the index for the rows that it holds, and the segments for newer ones, stretch by stretch.</summary>
    private void Scan(ReadOnlySpan<int> ordinals, ReadOnlySpan<float> query, Nearest best, CancellationToken cancellation)
    {
        var indexed = ordinals.BinarySearch(Rows.Indexed);
        if (indexed < 0) indexed = ~indexed;
        var input = new ScanInput { Query = query, Metric = VectorMetric.Cosine, Ids = Rows.Ids, InverseNorms = Rows.InverseNorms };
        if (indexed > 0) CodedScan.Some(collection.Snapshot.Index!, collection.Snapshot.Codes, input, ordinals[..indexed], best, cancellation);
        for (var from = indexed; from < ordinals.Length;)
        {
            var place = Rows.Places[ordinals[from]];
            var shift = place.Row - ordinals[from];
            var to = from + 1;
            while (to < ordinals.Length && Rows.Places[ordinals[to]] == new RowPlace(place.Segment, ordinals[to] + shift)) to++;
            var rows = collection.Segments[place.Segment].Map();
            var last = ordinals[to - 1] + shift;
            if (last >= rows.Count) throw new SegmentFormatException(collection.Paths.Segment(place.Segment), $"row {last} is missing");
            ExactScan.Some(rows.Slice(place.Row, last - place.Row + 1), input with { FirstOrdinal = ordinals[from] }, ordinals[from..to], best, cancellation);
            from = to;
        }
    }

    private static float[] Direction(ReadOnlySpan<float> query)
    {
        var inverse = (double)ExactScan.InverseNorm(query);
        var unit = new float[query.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(query[i] * inverse);
        return unit;
    }
}
