using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>Every backend's translation of a filter, against <see cref="MemoryFilter.Matches"/>.</summary>
public static class FilterConformance
{
    [Theory, EveryBackend]
    public static async Task A_filter_passes_exactly_what_Matches_passes(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(31);
        var all = world.Memories(300);
        await fixture.Store.UpsertAsync(all, Token);
        for (var round = 0; round < 100; round++)
        {
            var filter = world.Filter(all);
            var expected = all.Where(filter.Matches).Select(m => m.Id).ToList();
            Assert.Equal(expected, (await fixture.AllAsync(filter)).Select(m => m.Id));
            Assert.Equal(expected.Count, await fixture.Store.CountAsync(filter, Token));
        }
    }

    [Theory, EveryBackend]
    public static async Task A_search_answers_only_what_passes_its_filter(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(32);
        List<Memory> all = [.. world.Memories(300).Select(m => m with { Scope = Sample.General })];
        await fixture.Store.UpsertAsync(all, Token);
        for (var round = 0; round < 100; round++)
        {
            var filter = world.Filter(all);
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 1000, filter), Token);
            Assert.Equal(all.Where(filter.Matches).Select(m => m.Id), found.Select(m => m.Memory.Id).Order());
        }
    }

    [Theory, EveryBackend]
    public static async Task Everything_passes_all_and_Nothing_passes_none(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(3), Token);
        Assert.Equal(3, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
        foreach (var nothing in new[] { MemoryFilter.Nothing, MemoryFilter.In(TextField.Text, []), MemoryFilter.Ids([]), MemoryFilter.Not(MemoryFilter.Everything), MemoryFilter.Range(NumberField.Id, 2, 1) })
        {
            Assert.Equal(0, await fixture.Store.CountAsync(nothing, Token));
            Assert.Empty(await fixture.AllAsync(nothing));
            Assert.Empty(await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 5, nothing), Token));
        }
    }

    [Theory, EveryBackend]
    public static async Task Text_compares_letter_by_letter(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        string[] texts = ["ana", "Ana", "ANA", "ana ", " ana", "é", "e\u0301", "ａｎａ", "straße", "strasse", "ı", "i", "İ", "a_b", "axb", "100%", "100", "it's", "\"", "\\", "🦊", "茶"];
        await fixture.Store.UpsertAsync([.. texts.Select((text, i) => Sample.Memory(i, text) with { Session = text })], Token);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal([i], (await fixture.AllAsync(MemoryFilter.Equal(TextField.Text, texts[i]))).Select(m => (int)m.Id.Value));
            Assert.Equal([i], (await fixture.AllAsync(MemoryFilter.Equal(TextField.Session, texts[i]))).Select(m => (int)m.Id.Value));
            var holds = texts.Index().Where(t => t.Item.Contains(texts[i], StringComparison.Ordinal)).Select(t => t.Index);
            Assert.Equal(holds, (await fixture.AllAsync(MemoryFilter.Contains(texts[i]))).Select(m => (int)m.Id.Value));
        }
    }

    [Theory, EveryBackend]
    public static async Task A_range_includes_both_ends_and_skips_what_has_no_value(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([.. Enumerable.Range(0, 5).Select(i => Sample.Memory(i) with { ValidTo = i == 4 ? null : Sample.Start.AddMilliseconds(i) })], Token);
        var start = Sample.Start.ToUnixTimeMilliseconds();
        Assert.Equal([1, 2], (await fixture.AllAsync(MemoryFilter.Range(NumberField.ValidTo, start + 1, start + 2))).Select(m => m.Id.Value));
        Assert.Equal([0, 1, 2, 3], (await fixture.AllAsync(MemoryFilter.Range(NumberField.ValidTo, null, null))).Select(m => m.Id.Value));
        Assert.Equal([4], (await fixture.AllAsync(MemoryFilter.Not(MemoryFilter.Range(NumberField.ValidTo, null, null)))).Select(m => m.Id.Value));
        Assert.Equal(5, (await fixture.AllAsync(MemoryFilter.Range(NumberField.At, null, null))).Count);
    }

    [Theory, EveryBackend]
    public static async Task A_long_list_of_values_is_a_filter_too(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(50), Token);
        List<string> sessions = [.. Enumerable.Range(0, 3000).Select(i => $"memory {i * 10}")];
        Assert.Equal([10, 20, 30, 40, 50], (await fixture.AllAsync(MemoryFilter.In(TextField.Text, sessions))).Select(m => m.Id.Value));
        List<MemoryId> ids = [.. Enumerable.Range(0, 3000).Select(i => Sample.Id(i * 10))];
        Assert.Equal([10, 20, 30, 40, 50], (await fixture.AllAsync(MemoryFilter.Ids(ids))).Select(m => m.Id.Value));
    }
}
