using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>
/// A store that fails, hangs, is slow, lags, throttles, times out, dies or answers wrongly on demand, and counts how often
/// each call reached it.
/// </summary>
internal sealed class FaultyStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly ConcurrentQueue<(string Operation, Func<Exception> Make)> _faults = new();
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly HashSet<string> _hanging = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(string Operation, bool IsDone)> _timeOuts = new();
    private TaskCompletionSource _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (TimeSpan Latency, TimeProvider Clock)? _slowness;
    private FormerRows? _former;
    private int _arrived;

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

    /// <summary>Every call whose number is a multiple of it is throttled; 0 for none.</summary>
    public int ThrottledEvery { get; set; }

    /// <summary>A scan ends after so many rows, as if there were no more; 0 for all.</summary>
    public int RowsPerScan { get; set; }

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
        => Fail(operation, times, () => Failure(kind, operation));

    public FaultyStore FailForAMoment(string operation, int times)
        => Fail(operation, times, () => new MemoryStoreException(StoreErrorKind.Unavailable, "faulty", operation, "The line is busy; try again."));

    /// <summary>Calls end with a time-out of which nobody can tell whether they were done; <paramref name="isDone"/> says it here.</summary>
    public FaultyStore TimeOut(string operation, int times, bool isDone)
    {
        for (var i = 0; i < times; i++) _timeOuts.Enqueue((operation, isDone));
        return this;
    }

    /// <summary>Every call takes so long by the clock before it does anything.</summary>
    public FaultyStore Slow(TimeSpan latency, TimeProvider clock)
    {
        _slowness = (latency, clock);
        return this;
    }

    /// <summary>Eventual reads show the rows of this moment until <see cref="CatchUpAsync"/>; strong ones show all.</summary>
    public async Task LagAsync(CancellationToken cancellation)
    {
        var former = await FormerRows.OfAsync(Inner, cancellation);
        await CatchUpAsync();
        _former = former;
    }

    public async Task CatchUpAsync()
    {
        if (Interlocked.Exchange(ref _former, null) is { } former) await former.DisposeAsync();
    }

    /// <summary>Calls fail, those that wait too, until it returns.</summary>
    public void Die() => _death.TrySetResult();

    public void Return() => _death = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public FaultyStore Hang(string operation)
    {
        _hanging.Add(operation);
        return this;
    }

    /// <summary>Calls wait from here on; <see cref="Hanging"/> completes when the first does.</summary>
    public TaskCompletionSource Hold(string operation) => _held[operation] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
        => DoAsync("prepare", () => Inner.PrepareAsync(cancellation), cancellation);

    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation) => DoAsync("upsert", async () =>
    {
        await Inner.UpsertAsync(memories, durability, cancellation);
        return true;
    }, cancellation);

    public override Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
        => DoAsync("delete", () => Inner.DeleteAsync(ids, cancellation), cancellation);

    public override Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation) => DoAsync("checkpoint", async () =>
    {
        await Inner.CheckpointAsync(stamp, cancellation);
        return true;
    }, cancellation);

    public override Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
        => DoAsync("purge", async () => Purge ?? await Inner.PurgeAsync(cancellation), cancellation);

    public override Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
        => DoAsync("get", async () => Rows ?? await Seen(consistency).GetAsync(scope, ids, consistency, cancellation), cancellation);

    public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        => DoAsync("search", async () => Answers ?? await Seen(query.Consistency).SearchAsync(scope, query, cancellation), cancellation);

    public override async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = 0;
        var source = Rows?.Select(ScannedRow.Of).ToAsyncEnumerable() ?? Seen(query.Consistency).ScanAsync(query, cancellation);
        if (RowsBeforeFault == 0) await MeetAsync("scan", cancellation);
        await foreach (var row in source.WithCancellation(cancellation))
        {
            ThrowIfDead("scan");
            yield return row;
            rows++;
            if (rows == RowsPerScan) yield break;
            if (RowsBeforeFault > 0 && rows == RowsBeforeFault) await MeetAsync("scan", cancellation);
        }
    }

    public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
        => DoAsync("count", () => Inner.CountAsync(filter, cancellation), cancellation);

    public override async ValueTask DisposeAsync()
    {
        Disposals++;
        await CatchUpAsync();
        await base.DisposeAsync();
    }

    private static MemoryStoreException Failure(StoreErrorKind kind, string operation) => new(kind, "faulty", operation, "store.failed", "faulty", operation, kind);

    private IMemoryStore Seen(ReadConsistency consistency) => consistency == ReadConsistency.Eventual && _former is { } former ? former.Store : Inner;

    private async Task<T> DoAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellation)
    {
        await MeetAsync(operation, cancellation);
        if (!_timeOuts.TryPeek(out var timeOut) || timeOut.Operation != operation || !_timeOuts.TryDequeue(out timeOut)) return await call();
        if (timeOut.IsDone) await call();
        throw Failure(StoreErrorKind.Unavailable, operation);
    }

    private async Task MeetAsync(string operation, CancellationToken cancellation)
    {
        _log.Enqueue(operation);
        _calls.AddOrUpdate(operation, 1, (_, n) => n + 1);
        ThrowIfDead(operation);
        if (_slowness is { } slow) await LiveThroughAsync(slow.Latency, slow.Clock, operation, cancellation);
        if (ThrottledEvery > 0 && Interlocked.Increment(ref _arrived) % ThrottledEvery == 0) throw Failure(StoreErrorKind.Throttled, operation);
        if (_faults.TryPeek(out var fault) && fault.Operation == operation && _faults.TryDequeue(out fault)) throw fault.Make();
        if (_held.TryGetValue(operation, out var held))
        {
            _hangs.TrySetResult();
            await LiveThroughAsync(held.Task, operation, cancellation);
        }

        if (!_hanging.Contains(operation)) return;
        _hangs.TrySetResult();
        await LiveThroughAsync(new TaskCompletionSource().Task, operation, cancellation);
    }

    private async Task LiveThroughAsync(TimeSpan latency, TimeProvider clock, string operation, CancellationToken cancellation)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = clock.CreateTimer(_ => over.TrySetResult(), null, latency, Timeout.InfiniteTimeSpan);
        await LiveThroughAsync(over.Task, operation, cancellation);
    }

    private async Task LiveThroughAsync(Task wait, string operation, CancellationToken cancellation)
    {
        var ended = await Task.WhenAny(wait, _death.Task).WaitAsync(cancellation);
        if (ended != wait) throw Failure(StoreErrorKind.Unavailable, operation);
        await wait;
    }

    private void ThrowIfDead(string operation)
    {
        if (_death.Task.IsCompleted) throw Failure(StoreErrorKind.Unavailable, operation);
    }
}
