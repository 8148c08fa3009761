using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>Hands every call on; a test's store overrides the one that it gets wrong.</summary>
internal class PassThroughStore(IMemoryStore inner) : IMemoryStore
{
    protected IMemoryStore Inner => inner;

    public virtual Task PrepareAsync(CancellationToken cancellation) => inner.PrepareAsync(cancellation);

    public virtual Task UpsertAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation) => inner.UpsertAsync(memories, cancellation);

    public virtual Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
        => inner.GetAsync(scope, ids, cancellation);

    public virtual Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, Erasure erasure, CancellationToken cancellation)
        => inner.DeleteAsync(scope, ids, erasure, cancellation);

    public virtual Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        => inner.SearchAsync(scope, query, cancellation);

    public virtual IAsyncEnumerable<Memory> ScanAsync(MemoryId? after, MemoryFilter filter, CancellationToken cancellation)
        => inner.ScanAsync(after, filter, cancellation);

    public virtual Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation) => inner.CountAsync(filter, cancellation);

    public virtual ValueTask DisposeAsync() => inner.DisposeAsync();
}
