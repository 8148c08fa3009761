using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>What a checkpoint keeps.</summary>
public static class StampConformance
{
    private static readonly StoreStamp Original = new("0123456789abcdef0123456789abcdef", 41);
    private static readonly StoreStamp Copy = new("fedcba9876543210fedcba9876543210", long.MaxValue) { CopyOf = Original.SetId, CopiedUntil = 1L << 53 };

    [Theory, EveryBackend]
    public static async Task A_new_store_has_no_stamp(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        Assert.Null(await fixture.Store.PrepareAsync(Token));
        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        Assert.Null(await fixture.Store.PrepareAsync(Token));
    }

    [Theory, EveryBackend]
    public static async Task The_next_prepare_answers_the_stamp_of_the_last_checkpoint(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        foreach (var stamp in new[] { Original, Original with { Mark = 42 }, Copy, Original with { Mark = 0 } })
        {
            await fixture.Store.CheckpointAsync(stamp, Token);
            Assert.Equal(stamp, await fixture.Store.PrepareAsync(Token));
        }
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task A_stamp_is_kept_over_a_reopening(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        foreach (var stamp in new[] { Original, Copy })
        {
            await fixture.Store.CheckpointAsync(stamp, Token);
            await fixture.ReopenAsync();
            Assert.Equal(stamp, fixture.Stamp);
        }

        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        await fixture.ReopenAsync();
        Assert.Equal(Copy, fixture.Stamp);
    }

    [Theory, EveryBackend]
    public static async Task A_stamp_survives_a_purge(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(5), Token);
        await fixture.Store.CheckpointAsync(Copy, Token);
        await fixture.Store.DeleteAndPurgeAsync([Sample.Id(1)], Token);
        Assert.Equal(Copy, await fixture.Store.PrepareAsync(Token));
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task A_stamp_survives_a_purge_and_a_reopening(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(5), Token);
        await fixture.Store.CheckpointAsync(Copy, Token);
        await fixture.Store.DeleteAndPurgeAsync([Sample.Id(1)], Token);
        await fixture.ReopenAsync();
        Assert.Equal(Copy, fixture.Stamp);
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task Unflushed_writes_are_durable_after_a_checkpoint(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(40), WriteDurability.Unflushed, Token);
        await fixture.Store.UpsertAsync([Sample.Memory(40, "renewed"), Sample.Full(77)], WriteDurability.Unflushed, Token);
        await fixture.Store.CheckpointAsync(Original, Token);
        List<Memory> expected = [.. Sample.Many(39), Sample.Memory(40, "renewed"), Sample.Full(77)];
        await fixture.ReopenAsync();
        Assert.Equal(expected, await fixture.AllAsync());
        Assert.Equal(Original, fixture.Stamp);
    }

    [Theory, EveryBackend(Capabilities.Durable | Capabilities.Embedded)]
    public static async Task What_the_end_of_the_process_leaves_holds_every_durable_write_and_no_stamp_ahead_of_its_rows(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        for (var mark = 1; mark <= 3; mark++)
        {
            await fixture.Store.UpsertAsync([Sample.Memory(mark)], WriteDurability.Unflushed, Token);
            await fixture.Store.CheckpointAsync(Original with { Mark = mark }, Token);
            await fixture.Store.UpsertAsync([Sample.Memory(100 + mark)], Token);
            await fixture.Store.UpsertAsync([Sample.Memory(200 + mark)], WriteDurability.Unflushed, Token);
            await using var left = await fixture.CopyAsACrashLeavesItAsync();
            Assert.Equal(Original with { Mark = mark }, left.Stamp);
            var there = await left.Store.ScanAsync(null, MemoryFilter.Everything, Token).Select(m => m.Id.Value).ToListAsync(Token);
            Assert.Superset(Enumerable.Range(1, mark).SelectMany(i => new long[] { i, 100 + i }).ToHashSet(), there.ToHashSet());
        }
    }
}
