using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class GetConformance
{
    [Theory, EveryBackend]
    public static async Task A_get_answers_in_ascending_id_order(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(3), Sample.Memory(-1), Sample.Memory(20), Sample.Memory(100)], Token);
        var found = await fixture.Store.GetAsync(Sample.General, [Sample.Id(100), Sample.Id(3), Sample.Id(-1), Sample.Id(20)], Token);
        Assert.Equal([-1, 3, 20, 100], found.Select(m => m.Id.Value));
    }

    [Theory, EveryBackend]
    public static async Task An_absent_id_is_left_out(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        Assert.Equal([Sample.Memory(1)], await fixture.Store.GetAsync(Sample.General, [Sample.Id(2), Sample.Id(1), Sample.Id(long.MinValue)], Token));
        Assert.Empty(await fixture.Store.GetAsync(Sample.General, [], Token));
    }

    [Theory, EveryBackend]
    public static async Task A_get_leaves_out_what_its_scope_does_not_see(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1), Sample.Memory(2, scope: Sample.Elsewhere)], Token);
        Assert.Equal([1], (await fixture.Store.GetAsync(Sample.General, [Sample.Id(1), Sample.Id(2)], Token)).Select(m => m.Id.Value));
        Assert.Equal([2], (await fixture.Store.GetAsync(Sample.Elsewhere, [Sample.Id(1), Sample.Id(2)], Token)).Select(m => m.Id.Value));
    }

    [Theory, EveryBackend]
    public static async Task An_id_asked_for_twice_is_answered_once(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        Assert.Single(await fixture.Store.GetAsync(Sample.General, [Sample.Id(1), Sample.Id(1)], Token));
    }

    [Theory, EveryBackend]
    public static async Task Thousands_of_ids_are_read_at_once(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(1000), Token);
        List<MemoryId> ids = [.. Enumerable.Range(1, 2500).Select(i => Sample.Id(i))];
        Assert.Equal(Sample.Many(1000), await fixture.Guard().GetAsync(Sample.General, ids, Token));
    }
}
