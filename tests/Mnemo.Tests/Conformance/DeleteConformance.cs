using Mnemo.Localization;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class DeleteConformance
{
    [Theory, EveryBackend]
    public static async Task What_is_deleted_is_gone_from_every_answer(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(4), Token);
        Assert.Equal(2, await fixture.Store.DeleteAsync([Sample.Id(2), Sample.Id(3)], Token));
        Assert.Empty(await fixture.Store.GetAsync(Sample.General, [Sample.Id(2), Sample.Id(3)], Token));
        Assert.Equal([1, 4], (await fixture.AllAsync()).Select(m => m.Id.Value));
        Assert.Equal([1, 4], (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 10, MemoryFilter.Everything), Token)).Select(m => m.Memory.Id.Value));
        Assert.Equal(2, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_delete_says_how_many_were_there(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(2), Token);
        Assert.Equal(1, await fixture.Store.DeleteAsync([Sample.Id(1), Sample.Id(1), Sample.Id(99)], Token));
        Assert.Equal(0, await fixture.Store.DeleteAsync([Sample.Id(1)], Token));
        Assert.Equal(0, await fixture.Store.DeleteAsync([], Token));
    }

    [Theory, EveryBackend]
    public static async Task A_delete_takes_the_named_keys_whatever_their_scope_and_no_other(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([.. Sample.Many(4), Sample.Memory(5, scope: Sample.Elsewhere), Sample.Memory(6, scope: Sample.Elsewhere)], Token);
        Assert.Equal(2, await fixture.Store.DeleteAsync([Sample.Id(2), Sample.Id(5)], Token));
        Assert.Equal([.. Sample.Many(4).Where(m => m.Id.Value != 2), Sample.Memory(6, scope: Sample.Elsewhere)], await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task A_deleted_id_can_be_written_again(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        foreach (var isPurged in new[] { false, true })
        {
            await fixture.Store.UpsertAsync([Sample.Memory(1, "before"), Sample.Memory(2)], Token);
            await fixture.Store.DeleteAsync([Sample.Id(1)], Token);
            if (isPurged) await fixture.Store.PurgeAsync(Token);
            var after = Sample.Memory(1, "after", vector: Sample.North);
            await fixture.Store.UpsertAsync([after], Token);
            Assert.Equal([after, Sample.Memory(2)], await fixture.AllAsync());
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.North, 10, MemoryFilter.Everything), Token);
            Assert.Equal([1, 2], found.Select(m => m.Memory.Id.Value));
        }
    }

    [Theory, EveryBackend]
    public static async Task After_a_physical_deletion_no_file_holds_the_text(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(50), Token);
        await fixture.Store.UpsertAsync([Canary.Memory(1001), Sample.Memory(1002, "kept"), Canary.Memory(1003)], Token);
        if (fixture.Backend.Capabilities.HasFlag(Capabilities.Durable | Capabilities.Embedded)) Canary.AssertPresent(fixture.Directory);
        Assert.Equal(2, await fixture.Store.DeleteAndPurgeAsync([Sample.Id(1001), Sample.Id(1003)], Token));
        Canary.AssertAbsent(fixture.Directory);
        Assert.Equal(51, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal([.. Sample.Many(50), Sample.Memory(1002, "kept")], await fixture.AllAsync());
        Assert.Equal(51, (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 100, MemoryFilter.Everything), Token)).Count);
    }

    [Theory, EveryBackend]
    public static async Task A_purge_says_that_the_bytes_are_gone_or_what_they_wait_for(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Canary.Memory(1), Sample.Memory(2)], Token);
        await fixture.Store.DeleteAsync([Sample.Id(1)], Token);
        var receipt = await fixture.Store.PurgeAsync(Token);
        if (receipt.IsPurged) Canary.AssertAbsent(fixture.Directory);
        else Assert.True(Strings.For(Strings.English).Has(receipt.Pending!), $"'{receipt.Pending}' is no key of the texts.");
        Assert.Equal([Sample.Memory(2)], await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task A_last_empty_purge_serves_earlier_deletions_and_replacements(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Canary.Memory(1), Canary.Memory(2), Sample.Memory(3)], Token);
        await fixture.Store.DeleteAsync([Sample.Id(1)], Token);
        await fixture.Store.UpsertAsync([Sample.Memory(2, "replaced", vector: Sample.North)], Token);
        await fixture.Store.PurgeAsync(Token);
        Canary.AssertAbsent(fixture.Directory);
        Assert.Equal([Sample.Memory(2, "replaced", vector: Sample.North), Sample.Memory(3)], await fixture.AllAsync());
    }

    [Theory, EveryBackend(Capabilities.Durable)]
    public static async Task What_was_purged_stays_away_after_a_restart(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Canary.Memory(1), Sample.Memory(2)], Token);
        await fixture.Store.DeleteAndPurgeAsync([Sample.Id(1)], Token);
        await fixture.ReopenAsync();
        Canary.AssertAbsent(fixture.Directory);
        Assert.Equal([Sample.Memory(2)], await fixture.AllAsync());
    }

    [Theory, EveryBackend]
    public static async Task Thousands_of_ids_are_deleted_at_once(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(1000), Token);
        await fixture.Store.UpsertAsync(Sample.Many(10, first: 5001), Token);
        Assert.Equal(1000, await fixture.Guard().DeleteAndPurgeAsync([.. Enumerable.Range(1, 2500).Select(i => Sample.Id(i))], Token));
        Assert.Equal(Sample.Many(10, first: 5001), await fixture.AllAsync());
    }
}
