using System.Numerics.Tensors;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

/// <summary>Answers a search with everybody's memories, as several well-known stores do.</summary>
internal sealed class LeakyStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation) => NearestOfAllAsync(Inner, query, cancellation);

    public static async Task<IReadOnlyList<Match>> NearestOfAllAsync(IMemoryStore store, VectorQuery query, CancellationToken cancellation)
    {
        var all = await store.ScanAsync(null, query.Filter, cancellation).ToListAsync(cancellation);
        return [.. all
            .Select(memory => new Match(memory, Math.Clamp(TensorPrimitives.CosineSimilarity(memory.Vector.Span, query.Vector.Span), -1, 1)))
            .OrderByDescending(match => match.Similarity)
            .ThenBy(match => match.Memory.Id)
            .Take(query.Top)];
    }
}

/// <summary>Answers a distance where a similarity is asked for: the farthest come first.</summary>
internal sealed class InvertedStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var turned = new float[query.Vector.Length];
        TensorPrimitives.Negate(query.Vector.Span, turned);
        return Inner.SearchAsync(scope, query with { Vector = turned }, cancellation);
    }
}

/// <summary>Takes a filter and does not look at it.</summary>
internal sealed class FilterIgnoringStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        => Inner.SearchAsync(scope, query with { Filter = MemoryFilter.Everything }, cancellation);

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
        => Inner.ScanAsync(query with { Filter = MemoryFilter.Everything }, cancellation);

    public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
        => Inner.CountAsync(MemoryFilter.Everything, cancellation);
}

/// <summary>Takes the nearest first and filters what is left: too few answers.</summary>
internal sealed class LateFilterStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var nearest = await Inner.SearchAsync(scope, query with { Filter = MemoryFilter.Everything }, cancellation);
        return [.. nearest.Where(match => query.Filter.Matches(match.Memory))];
    }
}
