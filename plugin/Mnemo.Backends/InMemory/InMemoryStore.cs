using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.InMemory;

internal sealed class InMemoryStore(StoreSettings settings) : IMemoryStore
{
    private InMemoryCollection? _collection;
    private bool _disposed;

    public Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        _collection ??= InMemoryCollections.Open(settings);
        return Task.FromResult(_collection.Stamp);
    }

    public Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        var collection = Ready(cancellation);

        // A copy of the vector, because the caller may reuse the array behind it.
        List<Memory> copies = [.. memories.Select(m => m with { Vector = m.Vector.ToArray() })];
        collection.Write(rows =>
        {
            foreach (var memory in copies) rows[memory.Id] = memory;
        });
        return Task.CompletedTask;
    }

    public Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        var collection = Ready(cancellation);
        var deleted = 0;
        collection.Write(rows => deleted = ids.Count(rows.Remove));
        return Task.FromResult(deleted);
    }

    public Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation)
    {
        Ready(cancellation).Stamp = stamp;
        return Task.CompletedTask;
    }

    public Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
    {
        Ready(cancellation);
        return Task.FromResult(PurgeReceipt.Purged);
    }

    public Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        var rows = Ready(cancellation).Rows;
        var visible = scope.Visible();
        return Task.FromResult<IReadOnlyList<Memory>>([.. ids.Distinct().Order().Select(id => rows.GetValueOrDefault(id)).OfType<Memory>().Where(visible.Matches)]);
    }

    public Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        var rows = Ready(cancellation).Rows;
        var passes = MemoryFilter.And(scope.Visible(), query.Filter);
        return Task.FromResult<IReadOnlyList<Match>>([.. rows.Values
            .Where(passes.Matches)
            .Select(memory => new Match(memory, Cosine(memory.Vector.Span, query.Vector.Span)))
            .Where(match => match.Similarity >= query.LeastSimilarity)
            .OrderByDescending(match => match.Similarity)
            .ThenBy(match => match.Memory.Id)
            .Take(query.Top)]);
    }

    public async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var rows = Ready(cancellation).Rows.Values.Where(memory => query.Includes(memory.Id) && query.Filter.Matches(memory));
        var ordered = query.IsDescending ? rows.Reverse() : rows;
        foreach (var memory in query.Limit is { } limit ? ordered.Take(limit) : ordered)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return ScannedRow.Of(query.WithVectors ? memory : memory with { Vector = default });
        }
    }

    public Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
        => Task.FromResult(Ready(cancellation).Rows.Values.LongCount(filter.Matches));

    public ValueTask DisposeAsync()
    {
        if (!_disposed && _collection is not null) InMemoryCollections.Close(_collection);
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    private static float Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
        => Math.Clamp(TensorPrimitives.CosineSimilarity(left, right), -1, 1);

    private InMemoryCollection Ready(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _collection ?? throw new InvalidOperationException("The store is not prepared; call PrepareAsync first.");
    }
}
