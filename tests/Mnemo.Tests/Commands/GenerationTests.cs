using Mnemo.Plugin.Commands;
using Mnemo.State;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class GenerationTests
{
    private const string Default = StoreSettings.DefaultCollection;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collections_are_listed_by_the_name_that_people_know_with_generation_and_state()
    {
        await using var bot = await StartAsync();
        var lines = (await bot.TextOfAsync(TestBot.Operator(), "/memory list")).Split('\n');
        Assert.Matches($"^{Default} +0 +retained$", lines[1]);
        Assert.Matches($@"^{Default} \(g2\) +1 +active$", lines[2]);
        Assert.Matches($@"^{Default} \(g3\) +0 +unfinished$", lines[3]);
        Assert.DoesNotContain("__g", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.Contains("Biscuit", await bot.TextOfAsync(TestBot.Operator(), $"/memory list_records {Default}"), StringComparison.Ordinal);
        Assert.Contains("(g2)", await bot.TextOfAsync(TestBot.Operator(), "/memory status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dropping_empties_the_active_generation_and_refuses_the_retained_one()
    {
        await using var bot = await StartAsync("older");
        var refused = await bot.RunAsync(TestBot.Operator(), "/memory drop_collection older --confirm");
        Assert.False(refused.IsSuccess);
        Assert.Contains("retained", string.Join('\n', PlainReplies.Render(refused)), StringComparison.Ordinal);
        Assert.Contains("older", await bot.TextOfAsync(TestBot.Operator(), "/memory list"), StringComparison.Ordinal);

        var emptied = await bot.RunAsync(TestBot.Operator(), $"/memory drop_collection {Default} --confirm");
        Assert.True(emptied.IsSuccess);
        Assert.Equal(0, await bot.RecordsAsync());
        Assert.Contains("active", await bot.TextOfAsync(TestBot.Operator(), "/memory list"), StringComparison.Ordinal);
    }

    /// <summary>A bot after two migrations, of which the second is under way: what was first is retained, and the second generation is active.</summary>
    private static async Task<TestBot> StartAsync(string retained = Default)
    {
        var bot = await TestBot.StartAsync();
        var former = await bot.Runtime.Stores.ActiveAsync(Now);
        var next = await OpenAsync(former, Default + "__g2");
        await OpenAsync(former, Default + "__g3");
        if (retained != Default) await OpenAsync(former, retained);
        var router = bot.Runtime.Router;
        var route = (await router.GetAsync(Now))!;
        await router.SaveAsync(route with { State = StoreState.Retained, Address = route.Address with { Collection = retained } }, Now);
        await router.SaveAsync(route with { Number = 0, Generation = 2 }, Now);
        await router.SaveAsync(route with { Number = 0, Generation = 3, State = StoreState.Unfinished }, Now);
        await bot.Runtime.Stores.SwapAsync(former with { Store = next.Store, Settings = next.Settings, Generation = 2 }, Now);
        await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");
        await bot.Runtime.Worker.DrainAsync(Now);
        return bot;
    }

    private static async Task<(GuardedStore Store, StoreSettings Settings)> OpenAsync(ActiveStore like, string collection)
    {
        var settings = like.Settings with { Collection = collection };
        var store = new GuardedStore(like.Backend.Open(settings), like.Backend, settings, new GuardOptions());
        await store.PrepareAsync(Now);
        return (store, settings);
    }
}
