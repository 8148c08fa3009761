using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class CancellationConformance
{
    [Theory, EveryBackend]
    public static async Task Cancellation_stops_every_call_before_it_changes_anything(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(3), Token);
        var stopped = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.UpsertAsync([Sample.Memory(9)], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.DeleteAsync([Sample.Id(1)], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.PurgeAsync(stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.CheckpointAsync(new StoreStamp("s", 1), stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.GetAsync(Sample.General, [Sample.Id(1)], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 1, MemoryFilter.Everything), stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.CountAsync(MemoryFilter.Everything, stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fixture.Store.ScanAsync(null, MemoryFilter.Everything, stopped).CountAsync(Token));
        Assert.Equal(Sample.Many(3), await fixture.AllAsync());
        Assert.Null(await fixture.Store.PrepareAsync(Token));
    }

    [Theory, EveryBackend]
    public static async Task Cancellation_stops_a_scan_half_way(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(500), Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var memory in fixture.Store.ScanAsync(null, MemoryFilter.Everything, stop.Token))
            {
                if (++seen == 10) await stop.CancelAsync();
            }
        });
        Assert.InRange(seen, 10, 499);
    }

    [Theory, EveryBackend]
    public static async Task A_cancelled_write_is_stored_whole_or_not_at_all_and_the_store_goes_on(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var writing = fixture.Store.UpsertAsync(Sample.Many(100, first: round * 100), stop.Token);
            await stop.CancelAsync();
            try
            {
                await writing;
            }
            catch (OperationCanceledException)
            {
                // Both outcomes are allowed; half of a batch is not.
            }
        }

        await fixture.Store.UpsertAsync([Sample.Memory(100_000)], Token);
        var left = await fixture.AllAsync();
        Assert.All(left.SkipLast(1).GroupBy(m => m.Id.Value / 100), batch => Assert.Equal(100, batch.Count()));
        Assert.Equal(left.Count, (await fixture.Store.GetAsync(Sample.General, [.. left.Select(m => m.Id)], Token)).Count);
        Assert.Equal(100_000, left[^1].Id.Value);
    }

    [Theory, EveryBackend]
    public static async Task A_cancelled_write_that_has_begun_ends_before_its_task_does(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(60, first: 10_000), Token);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => StopAsync(i, stop => fixture.Store.UpsertAsync(Sample.Many(20, first: i * 100), stop)), Token)));
        await AssertSettledAsync(fixture, 20_000);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => StopAsync(i, stop => fixture.Store.DeleteAsync([Sample.Id(10_000 + i)], stop)), Token)));
        await AssertSettledAsync(fixture, 20_001);
    }

    /// <summary>Begins a write and cancels it: before it begins, at once, or a moment later.</summary>
    private static async Task StopAsync(int moment, Func<CancellationToken, Task> write)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        if (moment % 6 == 0) await stop.CancelAsync();
        try
        {
            var writing = write(stop.Token);
            for (var i = 0; i < moment * 5 && !writing.IsCompleted; i++) await Task.Yield();
            await stop.CancelAsync();
            await writing;
        }
        catch (OperationCanceledException)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task AssertSettledAsync(StoreFixture fixture, long next)
    {
        var before = await fixture.AllAsync();
        Assert.Equal(before.Count, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));

        // Whatever still waited for its turn would have had it before this one.
        await fixture.Store.UpsertAsync([Sample.Memory(next)], Token);
        Assert.Equal([.. before, Sample.Memory(next)], await fixture.AllAsync());
        Assert.Equal(before.Count + 1, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
    }
}
