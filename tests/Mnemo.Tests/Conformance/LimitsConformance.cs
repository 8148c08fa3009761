using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>The limits that hold through the guard, as every caller meets them, on top of the real store.</summary>
public static class LimitsConformance
{
    public static TheoryData<string> Flaws => ["wrong dimension", "no vector", "NaN", "infinity", "zero", "other model"];

    [Theory, EveryBackend]
    public static async Task A_refused_batch_writes_nothing(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1, "before")], Token);
        var guarded = fixture.Guard();
        foreach (var flaw in Flaws)
        {
            var refused = await Assert.ThrowsAsync<MemoryStoreException>(() => guarded.UpsertAsync([Sample.Memory(1, "after"), Flawed(7, flaw.Data), Sample.Memory(2)], Token));
            Assert.False(refused.IsTransient);
            Assert.Contains("7", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal([Sample.Memory(1, "before")], await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task The_largest_batch_is_stored_whole_and_a_larger_one_not_at_all(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var guarded = fixture.Guard();
        await Assert.ThrowsAsync<MemoryStoreException>(() => guarded.UpsertAsync(Sample.Many(1001), Token));
        Assert.Empty(await fixture.AllAsync());
        await guarded.UpsertAsync(Sample.Many(1000), Token);
        Assert.Equal(Sample.Many(1000), await fixture.AllAsync());
        Assert.Equal(1000, (await guarded.SearchAsync(Sample.General, StrongQuery(Sample.East, 1000, MemoryFilter.Everything), Token)).Count);
    }

    [Theory, EveryBackend]
    public static async Task A_batch_of_long_texts_is_stored_up_to_the_limit_of_bytes(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        List<Memory> big = [.. Enumerable.Range(0, 100).Select(i => Sample.Memory(i, new string((char)('a' + (i % 26)), 60 * 1024)))];
        await fixture.Guard().UpsertAsync(big, Token);
        Assert.Equal(big, await fixture.AllAsync());
        Assert.Equal(big, await fixture.Store.GetAsync(Sample.General, [.. big.Select(m => m.Id)], Token));
    }

    [Theory, EveryBackend]
    public static async Task A_missing_scope_gets_an_empty_answer(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(3), Token);
        var guarded = fixture.Guard();
        Assert.Empty(await guarded.GetAsync(null!, [Sample.Id(1)], Token));
        Assert.Empty(await guarded.SearchAsync(null!, StrongQuery(Sample.East, 5, MemoryFilter.Everything), Token));
        Assert.Equal(3, (await fixture.AllAsync()).Count);
    }

    [Theory, EveryBackend]
    public static async Task The_guard_finds_no_leak_to_stop(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(61);
        var all = world.Memories(200);
        var guarded = fixture.Guard();
        await guarded.UpsertAsync(all, Token);
        for (var round = 0; round < 40; round++)
        {
            var asker = world.Asker();
            var filter = world.Filter(all);
            var found = await guarded.SearchAsync(asker, StrongQuery(Sample.East, 1000, filter), Token);
            Assert.Equal(all.Where(m => asker.Sees(m) && filter.Matches(m)).Select(m => m.Id), found.Select(m => m.Memory.Id).Order());
            await guarded.GetAsync(asker, [.. all.Select(m => m.Id)], Token);
            await guarded.ScanAsync(null, filter, Token).CountAsync(Token);
        }

        Assert.Equal(0, guarded.LeaksStopped);
    }

    [Theory, EveryBackend]
    public static async Task A_failure_is_one_kind_of_exception(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var guarded = fixture.Guard();
        await guarded.DisposeAsync();
        var failure = await Assert.ThrowsAsync<MemoryStoreException>(() => guarded.UpsertAsync(Sample.Many(1), Token));
        Assert.Equal((row.Backend.Name, "upsert", false), (failure.Backend, failure.Operation, failure.IsTransient));
        await Assert.ThrowsAsync<MemoryStoreException>(() => guarded.CountAsync(MemoryFilter.Everything, Token));
        await Assert.ThrowsAsync<MemoryStoreException>(async () => await guarded.ScanAsync(null, MemoryFilter.Everything, Token).CountAsync(Token));
    }

    private static Memory Flawed(long id, string flaw) => flaw switch
    {
        "wrong dimension" => Sample.Memory(id, vector: [1, 2, 3]),
        "no vector" => Sample.Memory(id) with { Vector = default },
        "NaN" => Sample.Memory(id, vector: [1, float.NaN, 0, 0]),
        "infinity" => Sample.Memory(id, vector: [1, float.NegativeInfinity, 0, 0]),
        "zero" => Sample.Memory(id, vector: [0, -0f, 0, float.Epsilon]),
        _ => Sample.Memory(id) with { Embedding = Sample.Embedding with { Model = "another" } },
    };
}
