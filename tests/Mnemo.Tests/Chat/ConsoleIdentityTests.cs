using Mnemo.Plugin.Chat.Console;
using Mnemo.Tests.Commands;
using Xunit;

namespace Mnemo.Tests.Chat;

public sealed class ConsoleIdentityTests
{
    [Fact]
    public async Task Sessions_that_start_in_the_same_moment_share_no_message_id()
    {
        await using var bot = await TestBot.StartAsync();
        ConsoleIdentity[] sessions = [.. Enumerable.Range(0, 50).Select(_ => new ConsoleIdentity("ana", null, bot.Runtime.Config, bot.Clock))];

        Assert.Distinct(sessions.SelectMany(session => new[] { session.NextId(), session.NextId() }));
    }
}
