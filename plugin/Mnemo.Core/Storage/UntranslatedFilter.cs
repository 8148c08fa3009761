using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>
/// A filter of which a store cannot evaluate every part: what it can is sent, the rest is evaluated here on the rows
/// that come back, page by page. A search is then a comparison with every row that passes.
/// </summary>
internal sealed class UntranslatedFilter(MemoryFilter whole, MemoryFilter sent)
{
    /// <summary>The filter as the guard has to treat it; null when the store evaluates all of it.</summary>
    public static UntranslatedFilter? Of(MemoryFilter filter, Func<MemoryFilter, bool> translates)
    {
        if (translates(filter)) return null;
        var sent = filter is MemoryFilter.AllOf all ? MemoryFilter.And([.. all.Parts.Where(translates)]) : MemoryFilter.Everything;
        return new UntranslatedFilter(filter, sent);
    }

    public async IAsyncEnumerable<ScannedRow> ScanAsync(IMemoryStore store, ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = 0;
        await foreach (var row in store.ScanAsync(query with { Filter = sent, Limit = null }, cancellation))
        {
            if (row.Memory is { } memory && !whole.Matches(memory)) continue;
            yield return row;
            if (query.Limit is { } limit && ++rows >= limit) yield break;
        }
    }

    public async ValueTask<long> CountAsync(IMemoryStore store, CancellationToken cancellation)
        => await ScanAsync(store, new ScanQuery(whole) { WithVectors = false }, cancellation).LongCountAsync(cancellation);

    public async ValueTask<IReadOnlyList<Match>> SearchAsync(IMemoryStore store, MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var best = new PriorityQueue<Match, (float Similarity, long Reverse)>();
        var visible = scope.Visible();
        await foreach (var row in store.ScanAsync(new ScanQuery(MemoryFilter.And(visible, sent)) { Consistency = query.Consistency }, cancellation))
        {
            if (row is not { IsWhole: true, Memory: { } memory } || !visible.Matches(memory) || !whole.Matches(memory)) continue;
            var similarity = Math.Clamp(TensorPrimitives.CosineSimilarity(memory.Vector.Span, query.Vector.Span), -1, 1);
            if (similarity < query.LeastSimilarity) continue;
            best.Enqueue(new Match(memory, similarity), (similarity, -memory.Id.Value));
            if (best.Count > query.Top) best.Dequeue();
        }

        return [.. best.UnorderedItems.Select(item => item.Element).OrderByDescending(m => m.Similarity).ThenBy(m => m.Memory.Id)];
    }
}
