using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>Hands every call on; a test's store overrides the one that it gets wrong.</summary>
internal class PassThroughStore(IMemoryStore inner) : IMemoryStore
{
    protected IMemoryStore Inner => inner;

    public virtual Task<StoreStamp?> PrepareAsync(CancellationToken cancellation) => inner.PrepareAsync(cancellation);

    public virtual Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation) => inner.UpsertAsync(memories, durability, cancellation);

    public virtual Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => inner.DeleteAsync(ids, cancellation);

    public virtual Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation) => inner.CheckpointAsync(stamp, cancellation);

    public virtual Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation) => inner.PurgeAsync(cancellation);

    public virtual Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
        => inner.GetAsync(scope, ids, consistency, cancellation);

    public virtual Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation) => inner.SearchAsync(scope, query, cancellation);

    public virtual IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation) => inner.ScanAsync(query, cancellation);

    public virtual Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation) => inner.CountAsync(filter, cancellation);

    public virtual ValueTask DisposeAsync() => inner.DisposeAsync();
}
