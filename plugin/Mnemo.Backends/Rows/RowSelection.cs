using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.Rows;

/// <summary>Which rows a scope sees and a filter passes. A record is read only for what the columns cannot tell.</summary>
/// <param name="rows">The directory, not changed meanwhile.</param>
/// <param name="read">The memory of an id, its vector left out; null when there is none.</param>
internal sealed class RowSelection(RowDirectory rows, Func<long, Memory?> read)
{
    private const int RecordsBetweenChecks = 256;

    /// <summary>How many pass, whatever their scope.</summary>
    public long Count(MemoryFilter filter, CancellationToken cancellation) =>
        filter is MemoryFilter.AllOf { Parts.Count: 0 } ? rows.Known : Ordinals(filter, ScanQuery.Everything, cancellation).LongCount();

    /// <summary>The ids of all that a scan hands out, in its order. Rows that cannot be read are among them.</summary>
    public long[] Ids(ScanQuery query, CancellationToken cancellation)
    {
        var test = RowPredicate.From(query.Filter, rows);
        IEnumerable<long> passing = Named(query.Filter) is { } few
            ? few.Where(id => query.Includes(new MemoryId(id)) && rows.Find(id) is >= 0 and var ordinal && Passes(test, query.Filter, ordinal, cancellation))
            : Ordinals(query.Filter, query, cancellation).Select(ordinal => rows.Ids[ordinal]);
        passing = passing.Concat(rows.Unreadable.Where(id => query.Includes(new MemoryId(id))));
        if (query.Limit is { } limit) return First(passing, limit, query.IsDescending);
        long[] ids = [.. passing];
        Array.Sort(ids);
        if (query.IsDescending) Array.Reverse(ids);
        return ids;
    }

    /// <summary>Ascending ordinals of what the scope sees and the filter passes; the postings spare looking at the rest.</summary>
    public ReadOnlySpan<int> Visible(MemoryScope scope, MemoryFilter filter, Span<int> buffer, CancellationToken cancellation)
    {
        var candidates = ByIds(filter, Candidates(scope, buffer));
        var whole = MemoryFilter.And(scope.Visible(), filter);
        var test = filter is MemoryFilter.AllOf { Parts.Count: 0 } ? Persona(scope) : RowPredicate.From(whole, rows);
        if (ReferenceEquals(test, RowPredicate.Always) && rows.DeadCount == 0) return candidates;
        var count = 0;
        foreach (var ordinal in candidates)
        {
            // The candidates may lie in the buffer themselves; no more are written than were read.
            if (!rows.IsDead(ordinal) && Passes(test, whole, ordinal, cancellation)) buffer[count++] = ordinal;
        }

        return buffer[..count];
    }

    // The first of very many, without sorting the rest.
    private static long[] First(IEnumerable<long> ids, int limit, bool isDescending)
    {
        var kept = new PriorityQueue<long, long>();
        foreach (var id in ids)
        {
            // The one that would come last is the first to be dropped.
            var rank = isDescending ? id : ~id;
            if (kept.Count < limit) kept.Enqueue(id, rank);
            else if (kept.TryPeek(out _, out var last) && rank > last) kept.EnqueueDequeue(id, rank);
        }

        var first = new long[kept.Count];
        for (var i = first.Length - 1; i >= 0; i--) first[i] = kept.Dequeue();
        return first;
    }

    /// <summary>The ids that the filter names, when it names any; most scans by id ask for a few rows of very many.</summary>
    private static IEnumerable<long>? Named(MemoryFilter filter) => IdsOf(filter)?.Values.Select(i => i.Value).Distinct();

    private static MemoryFilter.IdIn? IdsOf(MemoryFilter filter) => filter as MemoryFilter.IdIn ?? (filter as MemoryFilter.AllOf)?.Parts.OfType<MemoryFilter.IdIn>().FirstOrDefault();

    private IEnumerable<int> Ordinals(MemoryFilter filter, ScanQuery query, CancellationToken cancellation)
    {
        var test = RowPredicate.From(filter, rows);
        var isBounded = query.After is not null || query.Until is not null;
        for (var i = 0; i < rows.Count; i++)
        {
            // Rows come mostly in the order of their ids, so the greatest are at the end.
            var ordinal = query.IsDescending ? rows.Count - 1 - i : i;
            if (rows.IsDead(ordinal) || (isBounded && !query.Includes(new MemoryId(rows.Ids[ordinal])))) continue;
            if (Passes(test, filter, ordinal, cancellation)) yield return ordinal;
        }
    }

    /// <summary>The rows of the ids that the filter asks for, if those are fewer than the candidates.</summary>
    private ReadOnlySpan<int> ByIds(MemoryFilter filter, ReadOnlySpan<int> candidates)
    {
        var ids = IdsOf(filter);
        if (ids is null || ids.Values.Count >= candidates.Length) return candidates;
        int[] found = [.. ids.Values.Select(i => rows.Find(i.Value)).Where(o => o >= 0).Distinct()];
        Array.Sort(found);
        return found;
    }

    /// <summary>Exactly the rows that the scope sees, but for the persona.</summary>
    private ReadOnlySpan<int> Candidates(MemoryScope scope, Span<int> buffer)
    {
        var strings = rows.Strings;
        var (platform, guild) = (strings.Find(scope.Platform), strings.Find(scope.Guild));
        List<Posting?> parts = [rows.Conversation(platform, guild, strings.Find(scope.Channel), strings.Find(scope.Thread))];
        if (!scope.IsDirect)
        {
            parts.Add(rows.Speaker(platform, guild, strings.Find(scope.Subject)));
            parts.AddRange(scope.Reach.Conversations.Select(c => rows.Conversation(platform, guild, strings.Find(c.Channel), strings.Find(c.Thread))));
        }

        List<Posting> found = [.. parts.OfType<Posting>()];
        return found is [var only] ? only.Items : buffer[..Posting.Union(found, buffer)];
    }

    private RowPredicate Persona(MemoryScope scope) =>
        scope.Reach.AnyPersona ? RowPredicate.Always : RowPredicate.From(MemoryFilter.Equal(TextField.Persona, scope.Persona), rows);

    private bool Passes(RowPredicate test, MemoryFilter filter, int ordinal, CancellationToken cancellation)
    {
        if (ordinal % RecordsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
        return test.Of(ordinal) switch
        {
            Verdict.Pass => true,
            Verdict.Fail => false,
            _ => read(rows.Ids[ordinal]) is { } memory && filter.Matches(memory),
        };
    }
}
