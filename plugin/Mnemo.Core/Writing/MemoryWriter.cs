using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Writing;

/// <summary>
/// The only path that writes memories: intent, store, text index. Whatever is interrupted between two of them is found by
/// its intent when the text index opens next.
/// </summary>
public sealed class MemoryWriter(MemoryManager stores, TextIndex textIndex, GuardOptions limits)
{
    // A purge is an empty deletion, and that has to name some scope, though it touches every one.
    private static readonly MemoryScope AnyScope = new("mnemo", MemoryScope.Direct, "purge", "purge");

    /// <summary>What the store takes in one batch; whoever has more cuts it with <see cref="GuardOptions.Split"/>.</summary>
    public GuardOptions Limits => limits;

    /// <summary>Adds or replaces a batch.</summary>
    public async Task UpsertAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memories);
        if (memories.Count == 0) return;
        await StoreAsync(memories, cancellation);
        await IndexAsync(memories);
    }

    /// <summary>
    /// The first half of <see cref="UpsertAsync"/>, for whoever writes the next batch while this one is indexed.
    /// Two batches under way have no id in common: the indexing of the first would take away the intent of the second.
    /// </summary>
    public async Task StoreAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memories);
        using var lease = await stores.LeaseAsync(cancellation);
        await textIndex.IntendAsync([.. memories.Select(m => m.Id)], cancellation);
        await lease.Store.UpsertAsync(memories, cancellation);
    }

    /// <summary>The second half: indexes what was stored. The store has it; stopping before would only make work for the next start.</summary>
    public Task IndexAsync(IReadOnlyList<Memory> memories) => textIndex.ApplyAsync(memories, [], CancellationToken.None);

    /// <summary>Deletes by id what the scope sees; returns how many were there. Bytes may linger in files until <see cref="PurgeAsync"/>.</summary>
    public async Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var lease = await stores.LeaseAsync(cancellation);
        var seen = (await lease.Store.GetAsync(scope, ids, cancellation)).Select(m => m.Id).ToList();
        await textIndex.IntendAsync(seen, cancellation);
        var deleted = await lease.Store.DeleteAsync(scope, seen, Erasure.Logical, cancellation);
        await textIndex.ApplyAsync([], seen, CancellationToken.None);
        return deleted;
    }

    /// <summary>Rewrites the files of the store and of the text index, so that no byte of what was deleted is left.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        await lease.Store.DeleteAsync(AnyScope, [], Erasure.Physical, cancellation);
        // What an earlier, interrupted deletion took out of the store only must leave the text index before it is purged.
        await textIndex.ResolveIntentsAsync(lease.Store, cancellation);
        await textIndex.PurgeAsync(cancellation);
    }
}
