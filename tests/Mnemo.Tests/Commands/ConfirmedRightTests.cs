using Mnemo.Plugin.Commands;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class ConfirmedRightTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_lost_the_right_before_the_yes_destroys_nothing()
    {
        await using var bot = await FilledAsync();
        var preview = await bot.RunAsync(Boss(isAdmin: true), "/memory drop_collection mnemosyne_default");

        var reply = await bot.Commands.ConfirmAsync(Boss(isAdmin: false), preview.Confirmation!.Token, Now);

        Assert.False(reply!.IsSuccess);
        Assert.Contains("admin", string.Join('\n', PlainReplies.Render(reply)), StringComparison.Ordinal);
        Assert.Equal(1, await bot.RecordsAsync());
        Assert.Null(await bot.Commands.ConfirmAsync(Boss(isAdmin: true), preview.Confirmation.Token, Now));
    }

    [Fact]
    public async Task Who_still_has_the_right_at_the_yes_is_obeyed()
    {
        await using var bot = await FilledAsync();
        var preview = await bot.RunAsync(Boss(isAdmin: true), "/memory drop_collection mnemosyne_default");

        var reply = await bot.Commands.ConfirmAsync(Boss(isAdmin: true), preview.Confirmation!.Token, Now);

        Assert.True(reply!.IsSuccess, string.Join('\n', PlainReplies.Render(reply)));
        Assert.Equal(0, await bot.RecordsAsync());
    }

    [Fact]
    public async Task Within_a_command_of_members_the_lost_right_is_seen_too()
    {
        await using var bot = await FilledAsync();
        var id = (await bot.MemoriesAsync()).Single().Id;
        var preview = await bot.RunAsync(Boss(isAdmin: true), $"/memory delete_record {id}");
        Assert.True(preview.IsPreview);

        Assert.False((await bot.Commands.ConfirmAsync(Boss(isAdmin: false), null, Now))!.IsSuccess);

        Assert.Equal(1, await bot.RecordsAsync());
    }

    private static CommandCaller Boss(bool isAdmin) => TestBot.Member("boss", isAdmin: isAdmin);

    private static async Task<TestBot> FilledAsync()
    {
        var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(Now);
        return bot;
    }
}
