using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>A store that fails, hangs or answers wrongly on demand, and counts how often each call reached it.</summary>
internal sealed class FaultyStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly ConcurrentQueue<(string Operation, Func<Exception> Make)> _faults = new();
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly HashSet<string> _hanging = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What searches answer instead of the truth.</summary>
    public IReadOnlyList<Match>? Answers { get; set; }

    /// <summary>What gets and scans answer instead of the truth.</summary>
    public IReadOnlyList<Memory>? Rows { get; set; }

    /// <summary>What purges answer instead of the truth.</summary>
    public PurgeReceipt? Purge { get; set; }

    /// <summary>Every call that arrived, in order.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>After how many rows a scan meets the next fault.</summary>
    public int RowsBeforeFault { get; set; }

    /// <summary>How often it was closed.</summary>
    public int Disposals { get; private set; }

    /// <summary>Completes when a call hangs.</summary>
    public Task Hanging => _hangs.Task.WaitAsync(Eventually.Longest);

    public int Calls(string operation) => _calls.GetValueOrDefault(operation);

    public FaultyStore Fail(string operation, int times, Func<Exception> make)
    {
        for (var i = 0; i < times; i++) _faults.Enqueue((operation, make));
        return this;
    }

    public FaultyStore Fail(string operation, int times, StoreErrorKind kind)
        => Fail(operation, times, () => new MemoryStoreException(kind, "faulty", operation, "store.failed", "faulty", operation, kind));

    public FaultyStore FailForAMoment(string operation, int times)
        => Fail(operation, times, () => new MemoryStoreException(StoreErrorKind.Unavailable, "faulty", operation, "The line is busy; try again."));

    public FaultyStore Hang(string operation)
    {
        _hanging.Add(operation);
        return this;
    }

    /// <summary>Calls wait from here on; <see cref="Hanging"/> completes when the first does.</summary>
    public TaskCompletionSource Hold(string operation) => _held[operation] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
    {
        await MeetAsync("prepare", cancellation);
        return await Inner.PrepareAsync(cancellation);
    }

    public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        await MeetAsync("upsert", cancellation);
        await Inner.UpsertAsync(memories, durability, cancellation);
    }

    public override async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        await MeetAsync("delete", cancellation);
        return await Inner.DeleteAsync(ids, cancellation);
    }

    public override async Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation)
    {
        await MeetAsync("checkpoint", cancellation);
        await Inner.CheckpointAsync(stamp, cancellation);
    }

    public override async Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
    {
        await MeetAsync("purge", cancellation);
        return Purge ?? await Inner.PurgeAsync(cancellation);
    }

    public override async Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        await MeetAsync("get", cancellation);
        return Rows ?? await Inner.GetAsync(scope, ids, consistency, cancellation);
    }

    public override async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        await MeetAsync("search", cancellation);
        return Answers ?? await Inner.SearchAsync(scope, query, cancellation);
    }

    public override async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = 0;
        var source = Rows?.Select(ScannedRow.Of).ToAsyncEnumerable() ?? Inner.ScanAsync(query, cancellation);
        if (RowsBeforeFault == 0) await MeetAsync("scan", cancellation);
        await foreach (var row in source.WithCancellation(cancellation))
        {
            yield return row;
            if (RowsBeforeFault > 0 && ++rows == RowsBeforeFault) await MeetAsync("scan", cancellation);
        }
    }

    public override async Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        await MeetAsync("count", cancellation);
        return await Inner.CountAsync(filter, cancellation);
    }

    public override ValueTask DisposeAsync()
    {
        Disposals++;
        return base.DisposeAsync();
    }

    private async Task MeetAsync(string operation, CancellationToken cancellation)
    {
        _log.Enqueue(operation);
        _calls.AddOrUpdate(operation, 1, (_, n) => n + 1);
        if (_faults.TryPeek(out var fault) && fault.Operation == operation && _faults.TryDequeue(out fault)) throw fault.Make();
        if (_held.TryGetValue(operation, out var held))
        {
            _hangs.TrySetResult();
            await held.Task.WaitAsync(cancellation);
        }

        if (!_hanging.Contains(operation)) return;
        _hangs.TrySetResult();
        await new TaskCompletionSource().Task.WaitAsync(cancellation);
    }
}
