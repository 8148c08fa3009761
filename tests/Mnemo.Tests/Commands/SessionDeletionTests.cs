using Mnemo.Memories;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class SessionDeletionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("general")]
    [InlineData("#general")]
    [InlineData("#1234")]
    public async Task A_conversation_or_one_sitting_of_it_is_deleted_and_nothing_else(string channel)
    {
        await using var bot = await TestBot.StartAsync();
        var here = TestBot.Member("ana", channel, isAdmin: true);
        await bot.SayAsync(here, "My dog is called Biscuit.");
        bot.Clock.Advance(TimeSpan.FromDays(1));
        await bot.SayAsync(here, "My cat is called Tom.");
        await bot.SayAsync(TestBot.Member("ana", "elsewhere"), "I like tea.");
        var sitting = (await MemoriesAsync(bot)).Single(m => m.Text.Contains("Biscuit", StringComparison.Ordinal)).Session;

        await bot.RunAsync(here, $"/memory delete_session_memory \"{sitting}\" --confirm");
        Assert.Equal(["My cat is called Tom.", "I like tea."], (await MemoriesAsync(bot)).Select(m => m.Text));

        await bot.RunAsync(here, $"/memory delete_session_memory \"{here.Scope.Conversation}\" --confirm");
        Assert.Equal(["I like tea."], (await MemoriesAsync(bot)).Select(m => m.Text));
    }

    private static async Task<List<Memory>> MemoriesAsync(TestBot bot)
    {
        await bot.Runtime.Worker.DrainAsync(Now);
        using var lease = await bot.Runtime.Stores.LeaseAsync(Now);
        return await lease.Store.ScanAsync(null, MemoryFilter.Everything, Now).ToListAsync(Now);
    }
}
