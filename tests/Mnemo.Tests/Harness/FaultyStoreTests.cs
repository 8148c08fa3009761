using Microsoft.Extensions.Time.Testing;
using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Harness;

/// <summary>The faults that a remote store can have, as tests order them.</summary>
public sealed class FaultyStoreTests : IAsyncLifetime
{
    private StoreFixture? _fixture;
    private FaultyStore? _store;

    private FaultyStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await new BackendRow(KnownBackends.Find("inmemory")).OpenAsync();
        _store = new FaultyStore(_fixture.Store);
        await _store.UpsertAsync(Sample.Many(3), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        await _fixture!.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_call_ends_when_its_time_is_over()
    {
        var clock = new FakeTimeProvider();
        Store.Slow(TimeSpan.FromMilliseconds(50), clock);
        var counting = Store.CountAsync(MemoryFilter.Everything, Token);
        clock.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(counting.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, await counting);
    }

    [Fact]
    public async Task Eventual_reads_lag_until_they_catch_up_and_strong_ones_do_not()
    {
        await Store.LagAsync(Token);
        await Store.UpsertAsync([Sample.Memory(4)], Token);
        await Store.DeleteAsync([Sample.Id(1)], Token);
        Assert.Equal([1, 2, 3], await SeenAsync(ReadConsistency.Eventual));
        Assert.Equal([2, 3, 4], await SeenAsync(ReadConsistency.Strong));
        Assert.Equal(3, await Store.CountAsync(MemoryFilter.Everything, Token));
        await Store.CatchUpAsync();
        Assert.Equal([2, 3, 4], await SeenAsync(ReadConsistency.Eventual));
    }

    [Fact]
    public async Task Every_nth_call_is_throttled()
    {
        Store.ThrottledEvery = 3;
        List<int> throttled = [];
        for (var i = 1; i <= 9; i++)
        {
            try
            {
                await Store.CountAsync(MemoryFilter.Everything, Token);
            }
            catch (MemoryStoreException e) when (e.Kind == StoreErrorKind.Throttled)
            {
                throttled.Add(i);
            }
        }

        Assert.Equal([3, 6, 9], throttled);
    }

    [Fact]
    public async Task A_short_page_ends_before_the_rows_do()
    {
        Store.RowsPerScan = 2;
        Assert.Equal([1, 2], await Store.ScanAsync(ScanQuery.Everything, Token).Select(r => r.Id.Value).ToListAsync(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_time_out_does_not_tell_whether_the_write_was_done(bool isDone)
    {
        Store.TimeOut("upsert", 1, isDone).TimeOut("delete", 1, isDone);
        Assert.Equal(StoreErrorKind.Unavailable, (await Assert.ThrowsAsync<MemoryStoreException>(() => Store.UpsertAsync([Sample.Memory(4)], Token))).Kind);
        await Assert.ThrowsAsync<MemoryStoreException>(() => Store.DeleteAsync([Sample.Id(1)], Token));
        Assert.Equal(isDone ? [2, 3, 4] : [1, 2, 3], await SeenAsync(ReadConsistency.Strong));
    }

    [Fact]
    public async Task A_dead_store_fails_what_waits_and_what_comes_until_it_returns()
    {
        Store.Hold("upsert");
        var writing = Store.UpsertAsync([Sample.Memory(4)], Token);
        await Store.Hanging;
        Store.Die();
        Assert.Equal(StoreErrorKind.Unavailable, (await Assert.ThrowsAsync<MemoryStoreException>(() => writing)).Kind);
        await Assert.ThrowsAsync<MemoryStoreException>(() => Store.CountAsync(MemoryFilter.Everything, Token));
        Store.Return();
        Assert.Equal([1, 2, 3], await SeenAsync(ReadConsistency.Strong));
    }

    private async Task<List<long>> SeenAsync(ReadConsistency consistency)
    {
        var got = (await Store.GetAsync(Sample.General, [.. Enumerable.Range(1, 5).Select(i => Sample.Id(i))], consistency, Token)).Select(m => m.Id.Value).ToList();
        var scanned = await Store.ScanAsync(ScanQuery.Everything with { Consistency = consistency }, Token).Select(r => r.Id.Value).ToListAsync(Token);
        var found = (await Store.SearchAsync(Sample.General, new VectorQuery(Sample.East, 9, MemoryFilter.Everything) { Consistency = consistency }, Token)).Select(m => m.Memory.Id.Value);
        Assert.Equal(got, scanned);
        Assert.Equal(got, found);
        return got;
    }
}
