using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class ScanConformance
{
    [Theory, EveryBackend]
    public static async Task A_scan_comes_in_ascending_id_order(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var ids = Ids();
        foreach (var chunk in ids.Reverse().Chunk(37)) await fixture.Store.UpsertAsync([.. chunk.Select(id => Sample.Memory(id))], Token);
        Assert.Equal(ids, (await fixture.AllAsync()).Select(m => m.Id.Value));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_resumes_after_any_row_without_gap_or_repeat(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var ids = Ids();
        await fixture.Store.UpsertAsync([.. ids.Select(id => Sample.Memory(id))], Token);
        for (var cut = 0; cut < ids.Length; cut += 7)
        {
            Assert.Equal(ids.Skip(cut + 1), (await fixture.AllAsync(after: Sample.Id(ids[cut]))).Select(m => m.Id.Value));
        }

        Assert.Empty(await fixture.AllAsync(after: Sample.Id(long.MaxValue)));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_resumes_after_an_id_that_is_gone_or_never_was(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(20), Token);
        await fixture.Store.DeleteAsync([Sample.Id(10)], Token);
        Assert.Equal(Enumerable.Range(11, 10).Select(i => (long)i), (await fixture.AllAsync(after: Sample.Id(10))).Select(m => m.Id.Value));
        Assert.Equal(19, (await fixture.AllAsync(after: Sample.Id(-5))).Count);
        Assert.Empty(await fixture.AllAsync(after: Sample.Id(20)));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_in_pages_is_the_whole(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var all = new RandomWorld(41).Memories(230);
        await fixture.Store.UpsertAsync(all, Token);
        var filter = MemoryFilter.Not(MemoryFilter.Equal(TextField.Platform, "console"));
        List<Memory> pages = [];
        while (true)
        {
            var page = await fixture.Store.ScanAsync(pages.Count == 0 ? null : pages[^1].Id, filter, Token).Take(50).ToListAsync(Token);
            if (page.Count == 0) break;
            pages.AddRange(page);
        }

        Assert.Equal(all.Where(filter.Matches), pages);
    }

    [Theory, EveryBackend]
    public static async Task A_scan_under_writes_misses_nothing_that_was_there(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(300), Token);
        List<long> seen = [];
        await foreach (var memory in fixture.Store.ScanAsync(null, MemoryFilter.Everything, Token))
        {
            seen.Add(memory.Id.Value);
            if (seen.Count % 50 == 0)
            {
                await fixture.Store.UpsertAsync([Sample.Memory(-seen.Count, "late"), Sample.Memory(memory.Id.Value, "renewed")], Token);
            }
        }

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), seen.Where(id => id > 0));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_may_be_left_half_way(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(300), Token);
        for (var i = 0; i < 5; i++) Assert.Equal(10, (await fixture.Store.ScanAsync(null, MemoryFilter.Everything, Token).Take(10).ToListAsync(Token)).Count);
        await fixture.Store.UpsertAsync([Sample.Memory(301)], Token);
        Assert.Equal(301, (await fixture.AllAsync()).Count);
    }

    private static long[] Ids() => [long.MinValue + 1, -1_000_000_007, -2, -1, .. Enumerable.Range(0, 200).Select(i => i * 1_234_567_891L), long.MaxValue];
}
