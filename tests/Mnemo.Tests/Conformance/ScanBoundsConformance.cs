using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>Direction, bounds, limit and vectors of a scan.</summary>
public static class ScanBoundsConformance
{
    [Theory, EveryBackend]
    public static async Task A_descending_scan_begins_with_the_greatest_id(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([.. Ids.Select(id => Sample.Memory(id))], Token);
        var rows = await fixture.ScanAsync(ScanQuery.Everything with { IsDescending = true });
        Assert.Equal(Ids.Reverse(), rows.Select(r => r.Id.Value));
        Assert.All(rows, r => Assert.Equal(Sample.Memory(r.Id.Value), r.Memory));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_resumes_after_any_id_in_both_directions(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([.. Ids.Select(id => Sample.Memory(id))], Token);
        for (var cut = 0; cut < Ids.Length; cut += 23)
        {
            var after = ScanQuery.Everything with { After = Sample.Id(Ids[cut]) };
            Assert.Equal(Ids[(cut + 1)..], (await fixture.ScanAsync(after)).Select(r => r.Id.Value));
            Assert.Equal(Ids[..cut].Reverse(), (await fixture.ScanAsync(after with { IsDescending = true })).Select(r => r.Id.Value));
        }
    }

    [Theory, EveryBackend]
    public static async Task A_scan_ends_with_its_last_id_in_both_directions(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(10), Token);
        await fixture.Store.DeleteAsync([Sample.Id(4)], Token);
        Assert.Equal([1, 2, 3], (await fixture.ScanAsync(ScanQuery.Everything with { Until = Sample.Id(3) })).Select(r => r.Id.Value));
        Assert.Equal([1, 2, 3], (await fixture.ScanAsync(ScanQuery.Everything with { Until = Sample.Id(4) })).Select(r => r.Id.Value));
        Assert.Equal([10, 9, 8], (await fixture.ScanAsync(ScanQuery.Everything with { Until = Sample.Id(8), IsDescending = true })).Select(r => r.Id.Value));
        Assert.Equal([10, 9, 8, 7, 6, 5], (await fixture.ScanAsync(ScanQuery.Everything with { Until = Sample.Id(4), IsDescending = true })).Select(r => r.Id.Value));
        Assert.Empty(await fixture.ScanAsync(ScanQuery.Everything with { After = Sample.Id(5), Until = Sample.Id(5) }));
        Assert.Empty(await fixture.ScanAsync(ScanQuery.Everything with { Until = Sample.Id(0) }));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_is_as_long_as_its_limit_as_long_as_there_are_rows(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(120), Token);
        foreach (var limit in new[] { 1, 50, 119, 120, 121 })
        {
            Assert.Equal(Math.Min(limit, 120), (await fixture.ScanAsync(ScanQuery.Everything with { Limit = limit })).Count);
        }

        var last = await fixture.ScanAsync(ScanQuery.Everything with { Limit = 3, IsDescending = true });
        Assert.Equal([120, 119, 118], last.Select(r => r.Id.Value));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_answers_what_its_query_says_in_every_combination(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(43);
        var all = world.Memories(80);
        await fixture.Store.UpsertAsync(all, Token);
        for (var round = 0; round < 96; round++)
        {
            var query = new ScanQuery(round % 3 == 0 ? MemoryFilter.Everything : world.Filter(all, depth: 1))
            {
                IsDescending = round % 2 == 1,
                After = round % 4 < 2 ? null : Sample.Id(round * 13 % 85),
                Until = round % 8 < 4 ? null : Sample.Id(round * 29 % 85),
                Limit = round % 16 < 8 ? null : 1 + (round % 11),
            };
            var passing = all.Where(m => query.Includes(m.Id) && query.Filter.Matches(m));
            if (query.IsDescending) passing = passing.Reverse();
            Assert.Equal(passing.Take(query.Limit ?? int.MaxValue), (await fixture.ScanAsync(query)).Select(r => r.Memory));
        }
    }

    [Theory, EveryBackend]
    public static async Task Descending_pages_are_the_whole(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(130), Token);
        List<Memory> pages = [];
        while (true)
        {
            var after = pages.Count == 0 ? (MemoryId?)null : pages[^1].Id;
            var page = await fixture.ScanAsync(ScanQuery.Everything with { IsDescending = true, After = after, Limit = 40 });
            pages.AddRange(page.Select(r => r.Memory!));
            if (page.Count < 40) break;
        }

        Assert.Equal(Sample.Many(130).Reverse(), pages);
    }

    [Theory, EveryBackend]
    public static async Task Without_vectors_they_come_empty_and_the_rest_is_the_same(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        List<Memory> all = [.. Sample.Many(20), Sample.Full(77)];
        await fixture.Store.UpsertAsync(all, Token);
        var rows = await fixture.ScanAsync(ScanQuery.Everything with { WithVectors = false });
        Assert.All(rows, r => Assert.True(r.IsWhole));
        Assert.Equal(all.Select(m => m with { Vector = default }), rows.Select(r => r.Memory));
    }

    private static long[] Ids { get; } = [long.MinValue + 1, -1_000_000_007, -2, -1, .. Enumerable.Range(0, 100).Select(i => i * 1_234_567_891L), long.MaxValue];
}
