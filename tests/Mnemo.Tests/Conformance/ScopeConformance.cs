using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

/// <summary>The visibility table, against the reference semantics of <see cref="MemoryScope.Sees"/>.</summary>
public static class ScopeConformance
{
    [Theory, EveryBackend]
    public static async Task A_search_never_answers_across_scopes(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await FuzzAsync(fixture, seed: 21, async (asker, all) =>
        {
            var found = await fixture.Store.SearchAsync(asker, StrongQuery(Sample.East, 1000, MemoryFilter.Everything), Token);
            Assert.Equal(Visible(asker, all), found.Select(m => m.Memory.Id).Order());
        });
    }

    [Theory, EveryBackend]
    public static async Task A_get_never_answers_across_scopes(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await FuzzAsync(fixture, seed: 22, async (asker, all) =>
        {
            var found = await fixture.Store.GetAsync(asker, [.. all.Select(m => m.Id)], Token);
            Assert.Equal(Visible(asker, all), found.Select(m => m.Id));
        });
    }

    [Theory, EveryBackend]
    public static async Task A_direct_chat_is_seen_from_nowhere_else(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var chat = new MemoryScope("test", MemoryScope.Direct, "@ana", "ana");
        await fixture.Store.UpsertAsync([Sample.Memory(1, "in private", chat)], Token);
        MemoryScope[] others =
        [
            new("test", "guild", "@ana", "ana"), new("test", MemoryScope.Direct, "@ben", "ana"), new("test", MemoryScope.Direct, "@ana", "ana", "thread"),
            new("other", MemoryScope.Direct, "@ana", "ana"), new("test", MemoryScope.Direct, "@ana", "ana", persona: "sage"),
            new("test", "guild", "general", "ana") { Reach = new ScopeReach([new Conversation("@ana")], anyPersona: true) },
            new("test", MemoryScope.Direct, "@ben", "ana") { Reach = new ScopeReach([new Conversation("@ana")], anyPersona: true) },
        ];
        foreach (var other in others) Assert.Empty(await AskAsync(fixture, other));
        Assert.Single(await AskAsync(fixture, chat));
    }

    [Theory, EveryBackend]
    public static async Task In_a_guild_one_sees_the_conversation_and_ones_own_words(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        MemoryScope ana = new("test", "guild", "general", "ana"), ben = new("test", "guild", "general", "ben");
        MemoryScope anaInThread = new("test", "guild", "general", "ana", "t1"), benInThread = new("test", "guild", "general", "ben", "t1");
        var anaAbroad = new MemoryScope("test", "guild2", "general", "ana");
        await fixture.Store.UpsertAsync([.. new[] { ana, ben, anaInThread, benInThread, anaAbroad }.Select((scope, i) => Sample.Memory(i + 1, scope: scope))], Token);
        Assert.Equal([1, 2, 3], await AskAsync(fixture, ana));
        Assert.Equal([1, 3, 4], await AskAsync(fixture, anaInThread));
        Assert.Equal([1, 3], await AskAsync(fixture, new("test", "guild", "elsewhere", "ana")));
        Assert.Empty(await AskAsync(fixture, new("test", "guild", "elsewhere", "zoe")));
    }

    [Theory, EveryBackend]
    public static async Task A_reach_opens_the_conversations_that_it_lists_and_no_other(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(
        [
            Sample.Memory(1, scope: new("test", "guild", "one", "ana")), Sample.Memory(2, scope: new("test", "guild", "two", "ana")),
            Sample.Memory(3, scope: new("test", "guild", "one", "ana", "t1")), Sample.Memory(4, scope: new("test", "guild2", "one", "ana")),
            Sample.Memory(5, scope: new("test", "guild", "one", "ana", persona: "sage")),
        ], Token);
        MemoryScope zoe = new("test", "guild", "elsewhere", "zoe");
        Assert.Equal([1], await AskAsync(fixture, zoe with { Reach = new ScopeReach([new Conversation("one")], anyPersona: false) }));
        Assert.Equal([1, 2, 5], await AskAsync(fixture, zoe with { Reach = new ScopeReach([new Conversation("one"), new Conversation("two")], anyPersona: true) }));
        Assert.Equal([3], await AskAsync(fixture, zoe with { Reach = new ScopeReach([new Conversation("one", "t1")], anyPersona: false) }));
    }

    [Theory, EveryBackend]
    public static async Task A_scan_and_a_count_see_every_scope(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var all = new RandomWorld(24).Memories(100);
        await fixture.Store.UpsertAsync(all, Token);
        Assert.Equal(all, await fixture.AllAsync());
        Assert.Equal(100, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
    }

    private static async Task FuzzAsync(StoreFixture fixture, int seed, Func<MemoryScope, IReadOnlyList<Memory>, Task> check)
    {
        var world = new RandomWorld(seed);
        var all = world.Memories(400);
        await fixture.Store.UpsertAsync(all, Token);
        var seen = 0;
        for (var round = 0; round < 60; round++)
        {
            // Half of the askers stand where something was said, so that much is seen and much nearly is.
            var asker = world.Asker();
            if (round % 2 == 0) asker = all[round].Scope with { Reach = asker.Reach };
            seen += all.Count(asker.Sees);
            await check(asker, all);
        }

        Assert.True(seen > 200, $"The fuzz proves nothing: its askers see {seen} memories in all.");
    }

    private static IEnumerable<MemoryId> Visible(MemoryScope asker, IReadOnlyList<Memory> all) => all.Where(asker.Sees).Select(m => m.Id).Order();

    private static async Task<IEnumerable<long>> AskAsync(StoreFixture fixture, MemoryScope asker)
    {
        var found = await fixture.Store.SearchAsync(asker, StrongQuery(Sample.East, 1000, MemoryFilter.Everything), Token);
        var got = await fixture.Store.GetAsync(asker, [.. Enumerable.Range(1, 9).Select(i => Sample.Id(i))], Token);
        Assert.Equal(got.Select(m => m.Id), found.Select(m => m.Memory.Id).Order());
        return got.Select(m => m.Id.Value);
    }
}
