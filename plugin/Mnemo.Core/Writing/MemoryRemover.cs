using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Writing;

/// <summary>
/// The only path that deletes memories: find, log, delete by key, purge, all within one turn to write, so that nobody
/// writes back what he had read before it was deleted.
/// </summary>
public sealed class MemoryRemover(MemoryManager stores, MemoryWriter writer)
{
    private const int BatchRows = 1000;

    /// <summary>How many memories would be deleted; changes nothing.</summary>
    public async Task<long> CountAsync(MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        return await CountAsync(lease.Store, filter, also, cancellation);
    }

    /// <summary>The speakers of the memories that pass both.</summary>
    internal async Task<IReadOnlyCollection<string>> SpeakersAsync(MemoryFilter filter, Func<Memory, bool> also, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        return await lease.Store.ReadableAsync(new ScanQuery(filter) { WithVectors = false }, cancellation).Where(also).Select(memory => memory.Speaker.Id).ToHashSetAsync(cancellationToken: cancellation);
    }

    /// <summary>Deletes what passes, and leaves no byte of it in a file; answers how many there were.</summary>
    public async Task<Removal> RemoveAsync(MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        using var ticket = await BeginAsync(cancellation);
        var deleted = await HideAsync(ticket, filter, also, null, null, cancellation);
        return new Removal(deleted, deleted > 0 ? await PurgeAsync(ticket, cancellation) : PurgeReceipt.Purged);
    }

    internal static async Task<long> CountAsync(IMemoryStore store, MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation) => also is null
        ? await store.CountAsync(filter, cancellation)
        : await store.ReadableAsync(new ScanQuery(filter) { WithVectors = false }, cancellation).LongCountAsync(also, cancellation);

    /// <summary>The turn in which to find and delete.</summary>
    internal Task<WriteTicket> BeginAsync(CancellationToken cancellation) => writer.BeginAsync(cancellation);

    /// <summary>Deletes what passes from every answer; the files are left for <see cref="PurgeAsync"/>.</summary>
    /// <param name="ticket">The turn.</param>
    /// <param name="filter">What to delete.</param>
    /// <param name="also">What must hold besides; null for nothing.</param>
    /// <param name="beforehand">Told which ones, before they are deleted.</param>
    /// <param name="afterwards">Told how many are deleted so far.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    internal async Task<long> HideAsync(
        WriteTicket ticket, MemoryFilter filter, Func<Memory, bool>? also, Func<IReadOnlyList<MemoryId>, Task>? beforehand, Action<long>? afterwards, CancellationToken cancellation)
    {
        var deleted = 0L;
        MemoryId? after = null;
        while (true)
        {
            var (batch, isLast) = await NextAsync(ticket.Store, after, filter, also, cancellation);
            if (batch.Count > 0)
            {
                after = batch[^1];
                if (beforehand is not null) await beforehand(batch);
                deleted += await writer.DeleteAsync(ticket, batch, cancellation);
                afterwards?.Invoke(deleted);
            }

            if (isLast) return deleted;
        }
    }

    /// <summary>Rewrites the files, so that no byte of what was deleted is left.</summary>
    internal Task<PurgeReceipt> PurgeAsync(WriteTicket ticket, CancellationToken cancellation) => writer.PurgeAsync(ticket, cancellation);

    private static async Task<(List<MemoryId> Ids, bool IsLast)> NextAsync(
        IMemoryStore store, MemoryId? after, MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        List<MemoryId> batch = [];
        await foreach (var row in store.ScanAsync(new ScanQuery(filter) { After = after, WithVectors = false }, cancellation))
        {
            // A row that cannot be read passes no test of ours; `doctor` names it.
            if (row.Memory is null || (also is not null && !also(row.Memory))) continue;
            batch.Add(row.Id);
            if (batch.Count == BatchRows) return (batch, false);
        }

        return (batch, true);
    }
}

/// <summary>What a removal has done.</summary>
/// <param name="Deleted">How many memories are gone from every answer.</param>
/// <param name="Purge">Whether their bytes are gone from the files too.</param>
public sealed record Removal(long Deleted, PurgeReceipt Purge);
