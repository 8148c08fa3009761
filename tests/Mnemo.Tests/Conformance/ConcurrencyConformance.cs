using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class ConcurrencyConformance
{
    private const int Writers = 8;

    [Theory, EveryBackend]
    public static async Task Parallel_writers_lose_nothing(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var batch = 0; batch < 5; batch++) await fixture.Store.UpsertAsync(Sample.Many(10, first: (writer * 1000) + (batch * 10)), Token);
        }, Token)));
        List<Memory> expected = [.. Enumerable.Range(0, Writers).SelectMany(writer => Sample.Many(50, first: writer * 1000))];
        Assert.Equal(expected, await fixture.AllAsync());
        Assert.Equal(expected.Count, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 1000, MemoryFilter.Everything), Token);
        Assert.Equal(expected, found.Select(m => m.Memory));
    }

    [Theory, EveryBackend]
    public static async Task Writers_of_one_id_leave_one_of_their_versions_whole(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var versions = Enumerable.Range(0, Writers).Select(i => Sample.Memory(1, $"version {i}", vector: [1, i, 0, 0]) with { Revision = i + 1, Session = $"s{i}" }).ToList();
        await Task.WhenAll(versions.Select(version => Task.Run(() => fixture.Store.UpsertAsync([version], Token), Token)));
        var left = Assert.Single(await fixture.AllAsync());
        Assert.Contains(left, versions);
        var match = Assert.Single(await fixture.Store.SearchAsync(Sample.General, StrongQuery(left.Vector, 5, MemoryFilter.Everything), Token));
        Assert.Equal(left, match.Memory);
        Assert.Equal(1, match.Similarity, 1e-5f);
    }

    [Theory, EveryBackend]
    public static async Task Readers_writers_and_deleters_stay_out_of_each_others_way(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(200), Token);
        var deleted = 0;
        await Task.WhenAll(
            Task.Run(() => RepeatAsync(10, i => fixture.Store.UpsertAsync(Sample.Many(10, first: 1001 + (i * 10)), Token)), Token),
            Task.Run(() => RepeatAsync(10, async i =>
            {
                List<MemoryId> ids = [.. Enumerable.Range(1 + (i * 10), 10).Select(id => Sample.Id(id))];
                deleted += await fixture.Store.DeleteAsync(ids, Token);
                if (i == 5) await fixture.Store.PurgeAsync(Token);
            }), Token),
            Task.Run(() => RepeatAsync(20, async _ => Assert.InRange((await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 20, MemoryFilter.Everything), Token)).Count, 1, 20)), Token),
            Task.Run(() => RepeatAsync(10, async _ => Assert.InRange((await fixture.AllAsync()).Count, 100, 300)), Token),
            Task.Run(() => RepeatAsync(20, async _ => Assert.Equal(100, (await fixture.Store.GetAsync(Sample.General, [.. Enumerable.Range(101, 100).Select(id => Sample.Id(id))], Token)).Count)), Token));
        Assert.Equal(100, deleted);
        Assert.Equal([.. Sample.Many(100, first: 101), .. Sample.Many(100, first: 1001)], await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task A_reader_never_meets_a_torn_record(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        Memory Version(int i) => Sample.Memory(1, $"v{i}", vector: [1, i, 0, 0]) with { Session = $"v{i}", Revision = i };
        await fixture.Store.UpsertAsync([Version(1)], Token);
        var writing = Task.Run(() => RepeatAsync(60, i => fixture.Store.UpsertAsync([Version(i + 1)], Token)), Token);
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            var seen = Assert.Single(await fixture.Store.GetAsync(Sample.General, [Sample.Id(1)], Token));
            Assert.Equal(Version((int)seen.Revision), seen);
            var match = Assert.Single(await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 1, MemoryFilter.Everything), Token));
            Assert.Equal(Version((int)match.Memory.Revision), match.Memory);
        }
        while (!isLast);

        await writing;
    }

    private static async Task RepeatAsync(int times, Func<int, Task> step)
    {
        for (var i = 0; i < times; i++) await step(i);
    }
}
