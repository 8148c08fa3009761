using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

/// <summary>Answers even a strong read as a replica does: without the last write.</summary>
internal sealed class StaleStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private FormerRows? _former;

    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        await RememberAsync(cancellation);
        await Inner.UpsertAsync(memories, durability, cancellation);
    }

    public override async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        await RememberAsync(cancellation);
        return await Inner.DeleteAsync(ids, cancellation);
    }

    public override Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
        => Seen.GetAsync(scope, ids, consistency, cancellation);

    public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation) => Seen.SearchAsync(scope, query, cancellation);

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation) => Seen.ScanAsync(query, cancellation);

    public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation) => Seen.CountAsync(filter, cancellation);

    public override async ValueTask DisposeAsync()
    {
        if (_former is { } former) await former.DisposeAsync();
        await base.DisposeAsync();
    }

    private IMemoryStore Seen => _former?.Store ?? Inner;

    private async Task RememberAsync(CancellationToken cancellation)
    {
        var former = _former;
        _former = await FormerRows.OfAsync(Inner, cancellation);
        if (former is not null) await former.DisposeAsync();
    }
}

/// <summary>Gets something else than it was asked for.</summary>
internal sealed class GettingStore(IMemoryStore inner, Func<IMemoryStore, MemoryScope, IReadOnlyList<MemoryId>, Task<IReadOnlyList<Memory>>> get) : PassThroughStore(inner)
{
    public override Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return get(Inner, scope, ids);
    }

    /// <summary>What every scope sees.</summary>
    public static async Task<IReadOnlyList<Memory>> Leaky(IMemoryStore inner, MemoryScope scope, IReadOnlyList<MemoryId> ids)
        => await inner.WholeAsync(ScanQuery.Of(ids), CancellationToken.None).ToListAsync();

    /// <summary>In no order.</summary>
    public static async Task<IReadOnlyList<Memory>> Unordered(IMemoryStore inner, MemoryScope scope, IReadOnlyList<MemoryId> ids)
        => [.. (await inner.GetAsync(scope, ids, ReadConsistency.Strong, CancellationToken.None)).Reverse()];

    /// <summary>An answer for each id that is named, also for the second time.</summary>
    public static async Task<IReadOnlyList<Memory>> Repeating(IMemoryStore inner, MemoryScope scope, IReadOnlyList<MemoryId> ids)
    {
        List<Memory> found = [];
        foreach (var id in ids.Order()) found.AddRange(await inner.GetAsync(scope, [id], ReadConsistency.Strong, CancellationToken.None));
        return found;
    }

    /// <summary>An error for an id that is absent.</summary>
    public static async Task<IReadOnlyList<Memory>> Strict(IMemoryStore inner, MemoryScope scope, IReadOnlyList<MemoryId> ids)
    {
        var found = await inner.GetAsync(scope, ids, ReadConsistency.Strong, CancellationToken.None);
        return found.Count == ids.Distinct().Count() ? found : throw new KeyNotFoundException();
    }
}

/// <summary>Changes the query or the answer of a search.</summary>
internal sealed class SearchingStore(IMemoryStore inner, Func<VectorQuery, VectorQuery> ask, Func<VectorQuery, IReadOnlyList<Match>, IEnumerable<Match>> answer) : PassThroughStore(inner)
{
    public override async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        => [.. answer(query, await Inner.SearchAsync(scope, ask(query), cancellation))];
}

/// <summary>Takes the nearest first and leaves out afterwards what the scope does not see.</summary>
internal sealed class LateScopeStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        => [.. (await LeakyStore.NearestOfAllAsync(Inner, query, cancellation)).Where(m => scope.Sees(m.Memory))];
}

/// <summary>Changes the query of a scan, or its rows.</summary>
internal sealed class ScanningStore(IMemoryStore inner, Func<ScanQuery, ScanQuery> ask, Func<IAsyncEnumerable<ScannedRow>, IAsyncEnumerable<ScannedRow>> answer) : PassThroughStore(inner)
{
    public ScanningStore(IMemoryStore inner, Func<ScanQuery, ScanQuery> ask)
        : this(inner, ask, rows => rows)
    {
    }

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation) => answer(Inner.ScanAsync(ask(query), cancellation));

    /// <summary>Each page of fifty comes in another order.</summary>
    public static IAsyncEnumerable<ScannedRow> Unsorted(IAsyncEnumerable<ScannedRow> rows) => rows.Chunk(50).SelectMany(page => page.Reverse().ToAsyncEnumerable());

    /// <summary>Ends at a row that cannot be read.</summary>
    public static IAsyncEnumerable<ScannedRow> Fragile(IAsyncEnumerable<ScannedRow> rows) => rows.TakeWhile(r => r.IsWhole);
}

/// <summary>Pages by number instead of by key.</summary>
internal sealed class OffsetStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var offset = 0; ; offset += 50)
        {
            var page = await Inner.ScanAsync(query, cancellation).Skip(offset).Take(50).ToListAsync(cancellation);
            foreach (var row in page)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return row;
            }

            if (page.Count < 50) yield break;
        }
    }
}

/// <summary>Lets only three scans be open, and notices only the end of one.</summary>
internal sealed class LeakingScanStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private int _open;

    public override async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _open) > 3) throw new InvalidOperationException("Too many scans are open.");
        await foreach (var row in Inner.ScanAsync(query, cancellation)) yield return row;
        Interlocked.Decrement(ref _open);
    }
}

/// <summary>Counts something else.</summary>
internal sealed class CountingStore(IMemoryStore inner, Func<IMemoryStore, MemoryFilter, CancellationToken, Task<long>> count) : PassThroughStore(inner)
{
    public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation) => count(Inner, filter, cancellation);
}
