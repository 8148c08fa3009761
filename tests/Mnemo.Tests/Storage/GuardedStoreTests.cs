using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Storage;

public sealed class GuardedStoreTests : IAsyncLifetime
{
    private static readonly Backend Backend = KnownBackends.Find("inmemory");
    private static readonly GuardOptions Quick = new(RetryDelayMs: 0);

    private readonly FakeTimeProvider _clock = new();
    private readonly ScratchDirectory _scratch = new();
    private readonly StoreSettings _settings;
    private readonly FaultyStore _faulty;

    public GuardedStoreTests()
    {
        _settings = new StoreSettings(_scratch.Path, StoreSettings.DefaultCollection, Sample.Embedding) { Clock = _clock };
        _faulty = new FaultyStore(Backend.Open(_settings));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static VectorQuery East => new(Sample.East, 10, MemoryFilter.Everything);

    public async ValueTask InitializeAsync() => await _faulty.PrepareAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _faulty.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_transient_failure_is_tried_again()
    {
        var guarded = Guarded();
        _faulty.FailForAMoment("upsert", 3);
        await guarded.UpsertAsync([Sample.Memory(1)], Token);
        Assert.Equal(4, _faulty.Calls("upsert"));
        Assert.Equal(1, await guarded.CountAsync(MemoryFilter.Everything, Token));
    }

    [Fact]
    public async Task After_the_last_retry_the_failure_comes_out_as_it_was()
    {
        _faulty.FailForAMoment("search", 4);
        var failure = await Assert.ThrowsAsync<MemoryStoreException>(() => Guarded().SearchAsync(Sample.General, East, Token));
        Assert.True(failure.IsTransient);
        Assert.Equal(4, _faulty.Calls("search"));
    }

    [Fact]
    public async Task A_lasting_failure_is_not_tried_again()
    {
        _faulty.Fail("get", 1, () => new MemoryStoreException(StoreErrorKind.Misconfigured, "faulty", "get", "The disk is full; free some space."));
        await Assert.ThrowsAsync<MemoryStoreException>(() => Guarded().GetAsync(Sample.General, [Sample.Id(1)], Token));
        Assert.Equal(1, _faulty.Calls("get"));
    }

    [Fact]
    public async Task Retries_wait_longer_each_time()
    {
        var options = new GuardOptions(Retries: 3, RetryDelayMs: 200) { Jitter = () => 0.5 };
        _faulty.FailForAMoment("count", 3);
        var counting = Guarded(options).CountAsync(MemoryFilter.Everything, Token);
        List<double> waits = [];
        var waited = 0;
        var calls = 1;
        await Eventually.HoldsAsync(() =>
        {
            var isCompleted = counting.IsCompleted;
            if (_faulty.Calls("count") != calls)
            {
                waits.Add(waited);
                (waited, calls) = (0, calls + 1);
            }

            _clock.Advance(TimeSpan.FromMilliseconds(1));
            waited++;
            return isCompleted;
        });

        Assert.Equal(0, await counting);
        Assert.Equal(3, waits.Count);
        Assert.InRange(waits[0], 50, 500);
        Assert.True(waits[1] > waits[0] && waits[2] > waits[1], $"The waits were {string.Join(", ", waits)} ms.");
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_named()
    {
        _faulty.Hang("search");
        var searching = Guarded(new GuardOptions(Retries: 0, TimeoutMs: 5000)).SearchAsync(Sample.General, East, Token);
        await _faulty.Hanging;
        _clock.Advance(TimeSpan.FromMilliseconds(5001));
        var failure = await Assert.ThrowsAsync<MemoryStoreException>(() => searching);
        Assert.Equal(("inmemory", "search", true), (failure.Backend, failure.Operation, failure.IsTransient));
        Assert.Contains("5000 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_and_purging_have_more_time()
    {
        _faulty.Hang("prepare");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var preparing = Guarded(new GuardOptions(Retries: 0, TimeoutMs: 5000)).PrepareAsync(stop.Token);
        await _faulty.Hanging;
        _clock.Advance(TimeSpan.FromMilliseconds(60_000));
        Assert.False(preparing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
    }

    [Fact]
    public async Task The_callers_cancellation_is_neither_wrapped_nor_tried_again()
    {
        _faulty.Hang("upsert");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Guarded().UpsertAsync([Sample.Memory(1)], stop.Token);
        await _faulty.Hanging;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(1, _faulty.Calls("upsert"));
    }

    [Fact]
    public async Task Any_other_exception_is_wrapped_and_its_text_stays_inside()
    {
        _faulty.Fail("upsert", 1, () => new InvalidDataException($"cannot store '{Canary.Word}'"));
        var failure = await Assert.ThrowsAsync<MemoryStoreException>(() => Guarded().UpsertAsync([Sample.Memory(1)], Token));
        Assert.Equal(("inmemory", "upsert", false), (failure.Backend, failure.Operation, failure.IsTransient));
        Assert.DoesNotContain(Canary.Word, failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidDataException>(failure.InnerException);
    }

    [Fact]
    public async Task A_hit_of_another_scope_is_dropped_and_counted()
    {
        _faulty.Answers = [new Match(Sample.Memory(1, "theirs", Sample.Elsewhere), 1), new Match(Sample.Memory(2, "ours"), 0.5f)];
        var guarded = Guarded();
        Assert.Equal("ours", Assert.Single(await guarded.SearchAsync(Sample.General, East, Token)).Memory.Text);
        Assert.Equal(1, guarded.LeaksStopped);
    }

    [Fact]
    public async Task A_hit_that_the_filter_does_not_pass_is_dropped_and_counted()
    {
        _faulty.Answers = [new Match(Sample.Memory(1, "wrong"), 1), new Match(Sample.Memory(2, "right"), 0.5f)];
        var guarded = Guarded();
        var found = await guarded.SearchAsync(Sample.General, East with { Filter = MemoryFilter.Contains("right") }, Token);
        Assert.Equal("right", Assert.Single(found).Memory.Text);
        Assert.Equal(1, guarded.LeaksStopped);
    }

    [Fact]
    public async Task A_read_memory_of_another_scope_or_another_id_is_dropped_and_counted()
    {
        _faulty.Rows = [Sample.Memory(1, "theirs", Sample.Elsewhere), Sample.Memory(2, "ours"), Sample.Memory(3, "not asked for")];
        var guarded = Guarded();
        Assert.Equal("ours", Assert.Single(await guarded.GetAsync(Sample.General, [Sample.Id(1), Sample.Id(2)], Token)).Text);
        Assert.Equal(2, guarded.LeaksStopped);
    }

    [Fact]
    public async Task A_scanned_memory_that_the_filter_does_not_pass_is_dropped_and_counted()
    {
        _faulty.Rows = [Sample.Memory(1, "wrong"), Sample.Memory(2, "right")];
        var guarded = Guarded();
        Assert.Equal(["right"], await guarded.ScanAsync(null, MemoryFilter.Contains("right"), Token).Select(m => m.Text).ToListAsync(Token));
        Assert.Equal(1, guarded.LeaksStopped);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(49), InlineData(50)]
    public async Task A_scan_survives_a_transient_failure_without_gap_or_repeat(int rowsBeforeFault)
    {
        await _faulty.UpsertAsync(Sample.Many(50), Token);
        _faulty.RowsBeforeFault = rowsBeforeFault;
        _faulty.FailForAMoment("scan", 3);
        Assert.Equal(Sample.Many(50), await Guarded().ScanAsync(null, MemoryFilter.Everything, Token).ToListAsync(Token));
        Assert.InRange(_faulty.Calls("scan"), 1, 51);
    }

    [Fact]
    public async Task A_scan_that_hangs_is_given_up()
    {
        await _faulty.UpsertAsync(Sample.Many(5), Token);
        _faulty.RowsBeforeFault = 3;
        _faulty.Hang("scan");
        var scanning = Guarded(new GuardOptions(Retries: 0)).ScanAsync(null, MemoryFilter.Everything, Token).ToListAsync(Token).AsTask();
        await _faulty.Hanging;
        _clock.Advance(TimeSpan.FromMilliseconds(30_001));
        Assert.True((await Assert.ThrowsAsync<MemoryStoreException>(() => scanning)).IsTransient);
    }

    [Fact]
    public async Task A_scan_out_of_order_is_an_error()
    {
        _faulty.Rows = [Sample.Memory(2), Sample.Memory(1)];
        var failure = await Assert.ThrowsAsync<MemoryStoreException>(async () => await Guarded().ScanAsync(null, MemoryFilter.Everything, Token).CountAsync(Token));
        Assert.Contains("out of order", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_ids_are_cut()
    {
        var guarded = Guarded(new GuardOptions(MaxBatchRows: 10));
        await _faulty.UpsertAsync(Sample.Many(25), Token);
        Assert.Equal(25, (await guarded.GetAsync(Sample.General, [.. Enumerable.Range(1, 25).Select(i => Sample.Id(i))], Token)).Count);
        Assert.Equal(3, _faulty.Calls("get"));
        Assert.Equal(25, await guarded.DeleteAndPurgeAsync([.. Enumerable.Range(1, 25).Select(i => Sample.Id(i))], Token));
        Assert.Equal((3, 1), (_faulty.Calls("delete"), _faulty.Calls("purge")));
    }

    [Fact]
    public async Task Nothing_to_do_does_not_reach_the_store()
    {
        var guarded = Guarded();
        await guarded.UpsertAsync([], Token);
        Assert.Empty(await guarded.GetAsync(Sample.General, [], Token));
        Assert.Equal(0, await guarded.DeleteAsync([], Token));
        Assert.Equal((0, 0, 0), (_faulty.Calls("upsert"), _faulty.Calls("get"), _faulty.Calls("delete")));
        await guarded.PurgeAsync(Token);
        Assert.Equal(1, _faulty.Calls("purge"));
    }

    [Fact]
    public async Task Calls_are_traced_without_any_text()
    {
        List<Activity> traces = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GuardedStore.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (traces) traces.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var test = new Activity("test").Start();
        await Guarded().UpsertAsync([Canary.Memory(1), Canary.Memory(2)], Token);
        List<Activity> own;
        lock (traces) own = [.. traces.Where(t => t.TraceId == test.TraceId)];
        var trace = Assert.Single(own);
        Assert.Equal("store upsert", trace.OperationName);
        Assert.Equal(2, trace.GetTagItem("mnemo.rows"));
        Assert.DoesNotContain(trace.TagObjects, tag => tag.Value?.ToString()?.Contains(Canary.Word, StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Disposing_twice_closes_the_store_once()
    {
        var guarded = Guarded();
        await guarded.DisposeAsync();
        await guarded.DisposeAsync();
        Assert.Equal(1, _faulty.Disposals);
    }

    private GuardedStore Guarded(GuardOptions? options = null) => new(_faulty, Backend, _settings, options ?? Quick);
}
