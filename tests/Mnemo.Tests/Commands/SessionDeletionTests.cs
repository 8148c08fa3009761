using Mnemo.Capture;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class SessionDeletionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("general")]
    [InlineData("#general")]
    [InlineData("#1234")]
    public async Task A_conversation_or_one_session_of_it_is_deleted_and_nothing_else(string channel)
    {
        await using var bot = await TestBot.StartAsync();
        var here = TestBot.Member("ana", channel, isAdmin: true);
        await bot.SayAsync(here, "My dog is called Biscuit.");
        bot.Clock.Advance(TimeSpan.FromDays(1));
        await bot.SayAsync(here, "My cat is called Tom.");
        await bot.SayAsync(TestBot.Member("ana", "elsewhere"), "I like tea.");
        var session = (await bot.MemoriesAsync()).Single(m => m.Text.Contains("Biscuit", StringComparison.Ordinal)).Session;

        await bot.RunAsync(here, $"/memory delete_session_memory \"{session}\" --confirm");
        Assert.Equal(["My cat is called Tom.", "I like tea."], (await bot.MemoriesAsync()).Select(m => m.Text));

        await bot.RunAsync(here, $"/memory delete_session_memory \"{here.Scope.Conversation}\" --confirm");
        Assert.Equal(["I like tea."], (await bot.MemoriesAsync()).Select(m => m.Text));
    }

    [Fact]
    public async Task A_session_that_has_no_name_of_ours_is_not_taken_for_a_session()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana", "general", isAdmin: true);
        foreach (var (channel, session) in new[] { ("general", "1"), ("elsewhere", "1"), ("general", ana.Scope.Conversation), ("general", "") })
        {
            var scope = TestBot.Member("ana", channel).Scope;
            await bot.Runtime.Intake.AcceptAsync(new ChatMessage($"{channel}/{session}", scope, ana.Speaker, $"{channel} {session}", bot.Clock.GetUtcNow()) { Session = session }, Now);
        }

        await bot.RunAsync(ana, "/memory delete_session_memory 1 --confirm");
        Assert.Equal(4, (await bot.MemoriesAsync()).Count);
        await bot.RunAsync(ana, $"/memory delete_session_memory {ana.Scope.Conversation} --confirm");
        Assert.Equal("elsewhere 1", Assert.Single(await bot.MemoriesAsync()).Text);
    }
}
