using System.Collections.Concurrent;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

/// <summary>Changes every batch before it is stored: cuts, rounds, drops or mixes up.</summary>
internal sealed class AlteringStore(IMemoryStore inner, Func<IReadOnlyList<Memory>, IReadOnlyList<Memory>> alter) : PassThroughStore(inner)
{
    public AlteringStore(IMemoryStore inner, Func<Memory, Memory> alter)
        : this(inner, batch => [.. batch.Select(alter)])
    {
    }

    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        => Inner.UpsertAsync(alter(memories), durability, cancellation);
}

/// <summary>Keeps the row that is there, or a part of it, when it is written again.</summary>
internal sealed class KeepingStore(IMemoryStore inner, Func<Memory, Memory, Memory> keep) : PassThroughStore(inner)
{
    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        List<Memory> batch = [];
        foreach (var memory in memories)
        {
            var there = await Inner.WholeAsync(ScanQuery.Of([memory.Id]), cancellation).ToListAsync(cancellation);
            batch.Add(there is [var old] ? keep(old, memory) : memory);
        }

        await Inner.UpsertAsync(batch, durability, cancellation);
    }
}

/// <summary>Keeps what it was given instead of a copy, so that it changes with the caller's array.</summary>
internal sealed class BorrowingStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly ConcurrentDictionary<MemoryId, ReadOnlyMemory<float>> _lent = new();

    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        foreach (var memory in memories) _lent[memory.Id] = memory.Vector;
        return Inner.UpsertAsync(memories, durability, cancellation);
    }

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
        => Inner.ScanAsync(query, cancellation).Select(r => query.WithVectors && r.Memory is { } m && _lent.TryGetValue(r.Id, out var lent) ? ScannedRow.Of(m with { Vector = lent }) : r);
}

/// <summary>Writes a batch row by row, and gives up between two of them.</summary>
internal sealed class TornStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private const int LongestWait = 10_000;
    private int _reads;

    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        foreach (var (i, memory) in memories.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            await Inner.UpsertAsync([memory], durability, cancellation);
            await Task.Yield();
            if (i == memories.Count / 2) await WaitForReaderAsync(cancellation);
        }
    }

    public override async Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        var found = await Inner.GetAsync(scope, ids, consistency, cancellation);
        Interlocked.Increment(ref _reads);
        return found;
    }

    private async Task WaitForReaderAsync(CancellationToken cancellation)
    {
        var before = Volatile.Read(ref _reads);
        for (var i = 0; i < LongestWait && Volatile.Read(ref _reads) < before + 2 && !cancellation.IsCancellationRequested; i++) await Task.Yield();
    }
}

/// <summary>Says that a cancelled write has ended, and writes it later, when somebody has looked.</summary>
internal sealed class LateStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly ConcurrentQueue<IReadOnlyList<Memory>> _late = new();
    private volatile bool _isSeen;

    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) _late.Enqueue(memories);
        cancellation.ThrowIfCancellationRequested();
        while (_isSeen && _late.TryDequeue(out var late)) await Inner.UpsertAsync(late, durability, CancellationToken.None);
        await Inner.UpsertAsync(memories, durability, cancellation);
    }

    public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        _isSeen = true;
        return Inner.CountAsync(filter, cancellation);
    }
}

/// <summary>Does not look at the token of any call.</summary>
internal sealed class DeafStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        => Inner.UpsertAsync(memories, durability, CancellationToken.None);

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation) => Inner.ScanAsync(query, CancellationToken.None);
}

/// <summary>Deletes other keys than those that were named, or says another number.</summary>
internal sealed class DeletingStore(IMemoryStore inner, Func<IMemoryStore, IReadOnlyList<MemoryId>, CancellationToken, Task<int>> delete) : PassThroughStore(inner)
{
    public override Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => delete(Inner, ids, cancellation);

    /// <summary>Takes the next row away, too.</summary>
    public static async Task<int> Greedy(IMemoryStore inner, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) return 0;
        var next = await inner.ScanAsync(ScanQuery.Everything with { After = ids.Max(), Limit = 1 }, cancellation).ToListAsync(cancellation);
        await inner.DeleteAsync([.. next.Select(r => r.Id)], cancellation);
        return await inner.DeleteAsync(ids, cancellation);
    }

    /// <summary>Takes away what one scope sees, as when a delete had a scope.</summary>
    public static async Task<int> Scoped(IMemoryStore inner, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
        => await inner.DeleteAsync([.. (await inner.GetAsync(Sample.General, ids, ReadConsistency.Strong, cancellation)).Select(m => m.Id)], cancellation);

    /// <summary>Answers how many were named.</summary>
    public static async Task<int> Counting(IMemoryStore inner, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        await inner.DeleteAsync(ids, cancellation);
        return ids.Count;
    }

    /// <summary>Takes the first hundred away.</summary>
    public static Task<int> Short(IMemoryStore inner, IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => inner.DeleteAsync([.. ids.Take(100)], cancellation);

    /// <summary>Takes nothing away.</summary>
    public static Task<int> Idle(IMemoryStore inner, IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => Task.FromResult(0);
}

/// <summary>Hides an id that was deleted for ever, also when it is written again.</summary>
internal sealed class TombstoneStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly ConcurrentDictionary<MemoryId, bool> _buried = new();

    public override Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        foreach (var id in ids) _buried[id] = true;
        return Inner.DeleteAsync(ids, cancellation);
    }

    public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
        => Inner.ScanAsync(query, cancellation).Where(r => !_buried.ContainsKey(r.Id));
}

/// <summary>Loses what arrives while another write is under way, as an unlocked read-modify-write does.</summary>
internal sealed class ForgetfulStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly Lock _gate = new();
    private const int LongestWait = 10_000;
    private bool _isBusy;
    private bool _hasLost;

    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _hasLost |= _isBusy;
            if (_isBusy) return;
            _isBusy = true;
        }

        for (var i = 0; i < LongestWait && !Volatile.Read(ref _hasLost); i++) await Task.Yield();
        await Inner.UpsertAsync(memories, durability, cancellation);
        lock (_gate) _isBusy = false;
    }
}
