using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Writing;

/// <summary>
/// The only path that writes memories, one turn at a time: log, store, text index. An entry of the log is durable before
/// the store is touched, so whatever is interrupted later is found by it: in this run before the next turn begins, after
/// a crash when the text index opens. A turn covers reading and writing, so nobody writes back what he read before
/// somebody else's write.
/// </summary>
public sealed class MemoryWriter(MemoryManager stores, WriteLog log, StoreRouter router, TextIndex textIndex, GuardOptions limits, TimeProvider clock)
{
    private const int WritesBetweenCheckpoints = 1000;

    private readonly Lock _gate = new();
    private readonly List<(LogRange Range, IReadOnlyList<MemoryId> Ids)> _unknown = [];
    private Task _indexing = Task.CompletedTask;
    private int _sinceCheckpoint;
    private long _lastWrite = clock.GetTimestamp();

    /// <summary>What the store takes in one batch; whoever has more cuts it with <see cref="GuardOptions.Split"/>.</summary>
    public GuardOptions Limits => limits;

    /// <summary>Whether anything was written since the last checkpoint.</summary>
    public bool NeedsCheckpoint => Volatile.Read(ref _sinceCheckpoint) > 0;

    /// <summary>
    /// Waits for the turn to write. Writes of which nobody knows whether they reached the store are read back first, and
    /// the text index has everything that was written before.
    /// </summary>
    /// <param name="cancellation">Gives the waiting up.</param>
    /// <param name="mayRunAhead">For whoever writes batch after batch and asks the text index nothing: it may still be taking the last batch in.</param>
    public async Task<WriteTicket> BeginAsync(CancellationToken cancellation, bool mayRunAhead = false)
    {
        var ticket = await stores.BeginWriteAsync(cancellation);
        try
        {
            if (!mayRunAhead || HasUnknown) await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (HasUnknown) await ReadBackAsync(ticket, cancellation);
            return ticket;
        }
        catch
        {
            ticket.Dispose();
            throw;
        }
    }

    /// <summary>Borrows the active store for reading.</summary>
    public ValueTask<StoreLease> LeaseAsync(CancellationToken cancellation) => stores.LeaseAsync(cancellation);

    /// <summary>Adds or replaces a batch, and indexes it.</summary>
    public async Task UpsertAsync(WriteTicket ticket, IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        await StoreAsync(ticket, memories, cancellation);
        await _indexing;
    }

    /// <summary>Adds or replaces a batch; it is indexed behind, one batch at a time.</summary>
    public async Task StoreAsync(WriteTicket ticket, IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(memories);
        if (memories.Count == 0) return;
        IReadOnlyList<MemoryId> ids = [.. memories.Select(m => m.Id)];
        var range = await log.AppendAsync(ticket.Epoch, ids, WriteOperation.Upsert, cancellation);
        await WriteAsync(range, ids, () => ticket.Store.UpsertAsync(memories, WriteDurability.Durable, cancellation));
        await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _indexing = IndexAsync(range, ids, memories, []);
        await CountAsync(ticket, ids.Count);
    }

    /// <summary>Completes when the text index has taken in what was stored, or has failed to; the next turn reads that back.</summary>
    public async Task IndexedAsync() => await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Deletes by key what was read in the same turn; returns how many were there. Bytes may linger in files until <see cref="PurgeAsync"/>.</summary>
    public async Task<int> DeleteAsync(WriteTicket ticket, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0) return 0;
        var range = await log.AppendAsync(ticket.Epoch, ids, WriteOperation.Delete, cancellation);
        var deleted = 0;
        await WriteAsync(range, ids, async () => deleted = await ticket.Store.DeleteAsync(ids, cancellation));
        await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (_indexing = IndexAsync(range, ids, [], ids));
        await CountAsync(ticket, ids.Count);
        return deleted;
    }

    /// <summary>Rewrites the files of the store and of the text index, so that no byte of what was deleted is left; a store may say what that waits for.</summary>
    public async Task<PurgeReceipt> PurgeAsync(WriteTicket ticket, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        var receipt = await ticket.Store.PurgeAsync(cancellation);
        await _indexing;
        await textIndex.PurgeAsync(cancellation);
        return receipt;
    }

    /// <summary>
    /// Gives the store its mark and reads it back, keeps it in the control state, and lets go of what the log need not
    /// hold any more. At most every so many writes, when it has been quiet, and at a clean end.
    /// </summary>
    public async Task CheckpointAsync(WriteTicket ticket, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var mark = await SettledAsync(cancellation);
        var active = ticket.Active;
        if (active.Stamp is { } stamp)
        {
            await ticket.Store.CheckpointAsync(stamp with { Mark = mark }, cancellation);
            if (await ticket.Store.PrepareAsync(cancellation) is { } kept && kept.SetId == stamp.SetId) await router.KeepMarkAsync(active.RouteNumber, kept.Mark, cancellation);
        }

        if (await textIndex.CheckpointAsync(cancellation) is { } position) await log.AdvanceAsync(WriteLog.TextIndexReader, Math.Min(position, mark), cancellation);
        Volatile.Write(ref _sinceCheckpoint, 0);
    }

    /// <summary>The checkpoint of the idle pass: done when the last write is long enough ago; answers how long that is still, null when it was done.</summary>
    public async Task<TimeSpan?> CheckpointIfQuietAsync(TimeSpan quiet, CancellationToken cancellation)
    {
        var left = quiet - clock.GetElapsedTime(Interlocked.Read(ref _lastWrite));
        if (left > TimeSpan.Zero) return left;
        using var ticket = await BeginAsync(cancellation);
        await CheckpointAsync(ticket, cancellation);
        return null;
    }

    /// <summary>Up to which number every write is known to be in the store. Asked within a turn.</summary>
    public async Task<long> SettledAsync(CancellationToken cancellation) => BeforeUnknown() ?? await log.LastAsync(cancellation);

    private bool HasUnknown => BeforeUnknown() is not null;

    private long? BeforeUnknown()
    {
        lock (_gate) return _unknown.Count > 0 ? _unknown.Min(u => u.Range.First) - 1 : null;
    }

    // A refused batch has written nothing; after any other failure only the store can tell what is in it.
    private async Task WriteAsync(LogRange range, IReadOnlyList<MemoryId> ids, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e)
        {
            if (!RefusedRows.IsAboutRows(e)) MarkUnknown(range, ids);
            throw;
        }
    }

    private async Task IndexAsync(LogRange range, IReadOnlyList<MemoryId> ids, IReadOnlyList<Memory> upserts, IReadOnlyList<MemoryId> deletes)
    {
        try
        {
            // The store has it; stopping before would only make work for later.
            await Task.Run(() => textIndex.ApplyAsync(upserts, deletes, BeforeUnknown() ?? range.Last, CancellationToken.None));
        }
        catch
        {
            MarkUnknown(range, ids);
            throw;
        }
    }

    // Nothing else is under way within a turn, so afterwards everything that was logged is in the index.
    private async Task ReadBackAsync(WriteTicket ticket, CancellationToken cancellation)
    {
        List<(LogRange Range, IReadOnlyList<MemoryId> Ids)> unknown;
        lock (_gate) unknown = [.. _unknown];
        var last = await log.LastAsync(cancellation);
        await textIndex.ReadBackAsync(ticket.Store, [.. unknown.SelectMany(u => u.Ids).Distinct()], last, cancellation);
        _indexing = Task.CompletedTask;
        lock (_gate) _unknown.Clear();
    }

    private void MarkUnknown(LogRange range, IReadOnlyList<MemoryId> ids)
    {
        lock (_gate) _unknown.Add((range, ids));
    }

    private async Task CountAsync(WriteTicket ticket, int writes)
    {
        Interlocked.Exchange(ref _lastWrite, clock.GetTimestamp());
        if (Interlocked.Add(ref _sinceCheckpoint, writes) < WritesBetweenCheckpoints) return;
        try
        {
            await CheckpointAsync(ticket, CancellationToken.None);
        }
        catch (Exception e) when (e is MemoryStoreException or ControlStoreException)
        {
            // What was written is safe without it; the next write, or the idle pass, tries again.
        }
    }
}
