using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Storage;

/// <summary>
/// The only path that writes memories: intent, store, words. Whatever is interrupted between two of them is found by
/// its intent when the word index opens next.
/// </summary>
public sealed class MemoryWriter(MemoryManager stores, WordIndex words, GuardOptions limits)
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
        await FollowAsync(memories);
    }

    /// <summary>
    /// The first half of <see cref="UpsertAsync"/>, for whoever writes the next batch while the words of this one follow.
    /// Two batches under way have no id in common: the words of the first would take away the intent of the second.
    /// </summary>
    public async Task StoreAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memories);
        using var lease = await stores.LeaseAsync(cancellation);
        await words.IntendAsync([.. memories.Select(m => m.Id)], cancellation);
        await lease.Store.UpsertAsync(memories, cancellation);
    }

    /// <summary>The second half: the words of what was stored. The store has it; stopping before would only make work for the next start.</summary>
    public Task FollowAsync(IReadOnlyList<Memory> memories) => words.ApplyAsync(memories, [], CancellationToken.None);

    /// <summary>Deletes by id what the scope sees; returns how many were there. Bytes may linger in files until <see cref="PurgeAsync"/>.</summary>
    public async Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        using var lease = await stores.LeaseAsync(cancellation);
        var seen = (await lease.Store.GetAsync(scope, ids, cancellation)).Select(m => m.Id).ToList();
        await words.IntendAsync(seen, cancellation);
        var deleted = await lease.Store.DeleteAsync(scope, seen, Erasure.Logical, cancellation);
        await words.ApplyAsync([], seen, CancellationToken.None);
        return deleted;
    }

    /// <summary>Rewrites the files of the store and of the words, so that no byte of what was deleted is left.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        await lease.Store.DeleteAsync(AnyScope, [], Erasure.Physical, cancellation);
        // What an earlier, interrupted deletion took out of the store only must leave the words before they are purged.
        await words.ResolveIntentsAsync(lease.Store, cancellation);
        await words.PurgeAsync(cancellation);
    }
}
