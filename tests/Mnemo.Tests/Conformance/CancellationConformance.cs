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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.DeleteAndPurgeAsync([Sample.Id(1)], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.GetAsync(Sample.General, [Sample.Id(1)], stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.SearchAsync(Sample.General, new VectorQuery(Sample.East, 1, MemoryFilter.Everything), stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.CountAsync(MemoryFilter.Everything, stopped));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fixture.Store.ScanAsync(null, MemoryFilter.Everything, stopped).CountAsync(Token));
        Assert.Equal(Sample.Many(3), await fixture.AllAsync());
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
}
