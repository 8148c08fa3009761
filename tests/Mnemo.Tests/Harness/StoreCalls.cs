using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>The calls of a store as most tests make them: durable, consistent, with vectors.</summary>
internal static class StoreCalls
{
    public static Task UpsertAsync(this IMemoryStore store, IReadOnlyList<Memory> memories, CancellationToken cancellation)
        => store.UpsertAsync(memories, WriteDurability.Durable, cancellation);

    public static Task<IReadOnlyList<Memory>> GetAsync(this IMemoryStore store, MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
        => store.GetAsync(scope, ids, ReadConsistency.Strong, cancellation);

    public static IAsyncEnumerable<Memory> ScanAsync(this IMemoryStore store, MemoryId? after, MemoryFilter filter, CancellationToken cancellation)
        => store.WholeAsync(new ScanQuery(filter) { After = after }, cancellation);

    /// <summary>Deletes, and leaves no byte of it in a file.</summary>
    public static async Task<int> DeleteAndPurgeAsync(this IMemoryStore store, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        var deleted = await store.DeleteAsync(ids, cancellation);
        await store.PurgeAsync(cancellation);
        return deleted;
    }
}
