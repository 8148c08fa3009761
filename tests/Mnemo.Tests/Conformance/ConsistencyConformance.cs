using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>What a strong read shows: every write that had completed before it began, unflushed ones too.</summary>
public static class ConsistencyConformance
{
    [Theory, EveryBackend]
    public static async Task A_strong_read_shows_the_last_upsert(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        for (var i = 1; i <= 10; i++)
        {
            var durability = i % 2 == 0 ? WriteDurability.Durable : WriteDurability.Unflushed;
            var memory = Sample.Memory(i, $"v{i}", vector: [1, i, 0, 0]);
            await fixture.Store.UpsertAsync([memory], durability, Token);
            await AssertShownAsync(fixture, memory, i);
        }
    }

    [Theory, EveryBackend]
    public static async Task A_strong_read_shows_the_last_replacement(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(5), Token);
        for (var i = 1; i <= 10; i++)
        {
            var memory = Sample.Memory(3, $"v{i}", vector: [1, i, 0, 0]) with { Revision = i };
            await fixture.Store.UpsertAsync([memory], i % 2 == 0 ? WriteDurability.Durable : WriteDurability.Unflushed, Token);
            await AssertShownAsync(fixture, memory, 5);
        }
    }

    [Theory, EveryBackend]
    public static async Task A_strong_read_shows_no_row_that_was_deleted(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(10), Token);
        for (var i = 1; i <= 9; i++)
        {
            await fixture.Store.DeleteAsync([Sample.Id(i)], Token);
            Assert.Empty(await fixture.Store.GetAsync(Sample.General, [Sample.Id(i)], ReadConsistency.Strong, Token));
            Assert.Equal(i + 1, (await fixture.ScanAsync(ScanQuery.Everything with { Limit = 1 }))[0].Id.Value);
            Assert.Equal(10 - i, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
            Assert.Equal(10 - i, (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 20, MemoryFilter.Everything), Token)).Count);
        }
    }

    [Theory, EveryBackend]
    public static async Task A_reader_meets_a_batch_whole_or_not_at_all(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        IReadOnlyList<Memory> Version(int i) => [.. Sample.Many(20).Select(m => m with { Revision = i })];
        await fixture.Store.UpsertAsync(Version(0), Token);
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 30; i++) await fixture.Store.UpsertAsync(Version(i), Token);
        }, Token);
        List<MemoryId> ids = [.. Version(0).Select(m => m.Id)];
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            var seen = await fixture.Store.GetAsync(Sample.General, ids, ReadConsistency.Strong, Token);
            Assert.Equal(Version((int)seen[0].Revision), seen);
        }
        while (!isLast);

        await writing;
    }

    private static async Task AssertShownAsync(StoreFixture fixture, Memory memory, int count)
    {
        var store = fixture.Store;
        Assert.Equal(memory, Assert.Single(await store.GetAsync(memory.Scope, [memory.Id], ReadConsistency.Strong, Token)));
        Assert.Equal(memory, Assert.Single(await fixture.ScanAsync(ScanQuery.Of([memory.Id]))).Memory);
        Assert.Equal(count, await store.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(memory, (await store.SearchAsync(memory.Scope, StrongQuery(memory.Vector, 1, MemoryFilter.Everything), Token))[0].Memory);
    }
}
