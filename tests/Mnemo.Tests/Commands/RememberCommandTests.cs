using Mnemo.Memories;
using Mnemo.Localization;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class RememberCommandTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("when the bus leaves: 9:15")]
    [InlineData("why not try the blue door?")]
    [InlineData("记住这个号码")]
    public async Task What_is_to_be_remembered_is_pinned_as_it_stands(string text)
    {
        await using var bot = await TestBot.StartAsync();
        var reply = await bot.RunAsync(TestBot.Member("ana"), "/memory remember " + text);

        Assert.True(reply.IsSuccess);
        var memory = Assert.Single(await bot.MemoriesAsync());
        Assert.Equal((text, Trust.Pinned, 1f), (memory.Text, memory.Trust, memory.Importance));
    }

    [Fact]
    public async Task Commands_without_a_message_never_share_an_id()
    {
        await using var bot = await TestBot.StartAsync();
        foreach (var text in (string[])["the first thing", "the second thing"])
        {
            var line = "/memory remember " + text;
            Assert.True((await bot.Commands.RunTextAsync(line, TestBot.Member("ana"), messageId: "", Strings.For(Strings.English), Now)).IsSuccess);
        }

        Assert.Equal(2, (await bot.MemoriesAsync()).Count);
    }
}
