using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Writing;

/// <summary>
/// The only path that deletes memories: find, delete, purge, while the worker pauses. A batch under way may have read a
/// memory as the first of a repetition, and would write it back after it was deleted.
/// </summary>
public sealed class MemoryRemover(MemoryManager stores, MemoryWriter writer, Func<CancellationToken, Task<IDisposable>> pauseCapture)
{
    private const int BatchRows = 1000;

    /// <summary>How many memories would be deleted; changes nothing.</summary>
    public async Task<long> CountAsync(MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        if (also is null) return await lease.Store.CountAsync(filter, cancellation);
        return await lease.Store.ScanAsync(null, filter, cancellation).LongCountAsync(also, cancellation);
    }

    /// <summary>The speakers of the memories that pass both.</summary>
    internal async Task<IReadOnlyCollection<string>> SpeakersAsync(MemoryFilter filter, Func<Memory, bool> also, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        return await lease.Store.ScanAsync(null, filter, cancellation).Where(also).Select(memory => memory.Speaker.Id).ToHashSetAsync(cancellationToken: cancellation);
    }

    /// <summary>Deletes what passes, and leaves no byte of it in a file; returns how many there were.</summary>
    public async Task<long> RemoveAsync(MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        using var pause = await PauseAsync(cancellation);
        var deleted = await HideAsync(filter, also, null, null, cancellation);
        if (deleted > 0) await PurgeAsync(cancellation);
        return deleted;
    }

    /// <summary>Holds the worker back until the answer is disposed.</summary>
    internal Task<IDisposable> PauseAsync(CancellationToken cancellation) => pauseCapture(cancellation);

    /// <summary>Deletes what passes from every answer; the files are left for <see cref="PurgeAsync"/>. Only while the worker pauses.</summary>
    /// <param name="filter">What to delete.</param>
    /// <param name="also">What must hold besides; null for nothing.</param>
    /// <param name="beforehand">Told which ones, before they are deleted.</param>
    /// <param name="afterwards">Told how many are deleted so far.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    internal async Task<long> HideAsync(
        MemoryFilter filter, Func<Memory, bool>? also, Func<IReadOnlyList<MemoryId>, Task>? beforehand, Action<long>? afterwards, CancellationToken cancellation)
    {
        var deleted = 0L;
        MemoryId? after = null;
        while (await NextAsync(after, filter, also, cancellation) is { Count: > 0 } batch)
        {
            after = batch[^1].Id;
            if (beforehand is not null) await beforehand([.. batch.Select(m => m.Id)]);
            foreach (var scope in batch.GroupBy(m => m.Scope, m => m.Id)) deleted += await writer.DeleteAsync(scope.Key, [.. scope], cancellation);
            afterwards?.Invoke(deleted);
        }

        return deleted;
    }

    /// <summary>Rewrites the files, so that no byte of what was deleted is left.</summary>
    internal Task PurgeAsync(CancellationToken cancellation) => writer.PurgeAsync(cancellation);

    private async Task<List<(MemoryId Id, MemoryScope Scope)>> NextAsync(MemoryId? after, MemoryFilter filter, Func<Memory, bool>? also, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        List<(MemoryId Id, MemoryScope Scope)> batch = [];
        await foreach (var memory in lease.Store.ScanAsync(after, filter, cancellation))
        {
            if (also is not null && !also(memory)) continue;
            batch.Add((memory.Id, memory.Scope));
            if (batch.Count == BatchRows) break;
        }

        return batch;
    }
}
