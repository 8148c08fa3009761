using Mnemo.Plugin.Commands;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class CommandRunnerTests
{
    [Fact]
    public async Task Admin_commands_are_refused_to_members_in_the_handler()
    {
        await using var bot = await TestBot.StartAsync();
        foreach (var command in CommandModel.All.Where(c => c.Access == CommandAccess.Admin))
        {
            var needed = string.Join(' ', command.Options.Where(o => o.IsRequired).Select(_ => "x"));
            var reply = await bot.RunAsync(TestBot.Member("ana"), $"/memory {command.Path} {needed} {(command.IsDestructive ? "--confirm" : "")}");

            Assert.False(reply.IsSuccess);
            Assert.Contains("for admins", string.Join('\n', PlainReplies.Render(reply)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_destructive_command_only_previews_until_it_is_confirmed()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana");
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(TestContext.Current.CancellationToken);
        var id = await OnlyIdAsync(bot);
        string[] lines =
        [
            "/memory reset", $"/memory delete_record {id}", "/memory me forget", "/memory delete_session_memory console:@direct:@ana", "/memory drop_collection mnemosyne_default",
        ];
        Assert.Equal(CommandModel.All.Count(c => c.IsDestructive), lines.Length);
        foreach (var line in lines)
        {
            var preview = await bot.RunAsync(ana with { IsAdmin = true }, line);

            Assert.True(preview.IsPreview, line);
            Assert.NotNull(preview.Confirmation);
            Assert.Equal(1, await bot.RecordsAsync());
        }

        Assert.True((await bot.RunAsync(ana with { IsAdmin = true }, lines[^1] + " --confirm")).IsSuccess);
        Assert.Equal(0, await bot.RecordsAsync());
    }

    [Fact]
    public async Task A_yes_counts_once_for_a_minute_and_only_from_the_asker()
    {
        await using var bot = await TestBot.StartAsync();
        var (ana, ben) = (TestBot.Member("ana", "general"), TestBot.Member("ben", "general"));
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(TestContext.Current.CancellationToken);

        await bot.RunAsync(ana, "/memory reset");
        Assert.Null(await ConfirmAsync(bot, ben));
        bot.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Null(await ConfirmAsync(bot, ana));
        Assert.Equal(1, await bot.RecordsAsync());

        await bot.RunAsync(ana, "/memory reset");
        bot.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True((await ConfirmAsync(bot, ana))!.IsSuccess);
        Assert.Equal(0, await bot.RecordsAsync());
        Assert.Null(await ConfirmAsync(bot, ana));
    }

    [Fact]
    public async Task Nothing_to_delete_waits_for_no_yes()
    {
        await using var bot = await TestBot.StartAsync();

        var reply = await bot.RunAsync(TestBot.Member("ana"), "/memory reset");

        Assert.True(reply.IsSuccess);
        Assert.Null(reply.Confirmation);
    }

    [Fact]
    public async Task Members_list_and_delete_only_what_is_theirs_to_see()
    {
        await using var bot = await TestBot.StartAsync();
        var (ana, ben) = (TestBot.Member("ana"), TestBot.Member("ben"));
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        await bot.SayAsync(ben, "I like tea.");
        await bot.Runtime.DrainAsync(TestContext.Current.CancellationToken);

        var forBen = await bot.TextOfAsync(ben, "/memory list_records");
        var forOperator = await bot.TextOfAsync(TestBot.Operator(), "/memory list_records mnemosyne_default 10");
        var id = forOperator.Split('\n').Single(l => l.Contains("Biscuit", StringComparison.Ordinal)).Split(' ')[0];
        var theft = await bot.RunAsync(ben, $"/memory delete_record {id} --confirm");
        var absent = await bot.RunAsync(ben, "/memory delete_record 7 --confirm");

        Assert.DoesNotContain("Biscuit", forBen, StringComparison.Ordinal);
        Assert.Contains("tea", forBen, StringComparison.Ordinal);
        Assert.Contains("Biscuit", forOperator, StringComparison.Ordinal);
        Assert.Contains("tea", forOperator, StringComparison.Ordinal);
        Assert.Equal(2, await bot.RecordsAsync());
        Assert.Equal(PlainReplies.Render(absent).Single().Replace("7", id, StringComparison.Ordinal), PlainReplies.Render(theft).Single());
    }

    [Theory]
    [InlineData(true, "There is no record 1.")]
    [InlineData(false, "You have no record 1 here.")]
    public async Task An_id_that_nothing_has_is_said_to_be_no_record(bool isAdmin, string said)
    {
        await using var bot = await TestBot.StartAsync();

        var reply = await bot.RunAsync(TestBot.Member("ana", isAdmin: isAdmin), "/memory delete_record 1 --confirm");

        Assert.False(reply.IsSuccess);
        Assert.Contains(PlainReplies.Render(reply), line => line.StartsWith($"✗ {said}", StringComparison.Ordinal) && line.Contains("list_records", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reset_takes_only_the_askers_words_in_that_conversation()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        await bot.SayAsync(TestBot.Member("ana", "general"), "My cat is called Muffin.");
        await bot.SayAsync(TestBot.Member("ben", "general"), "I like tea.");

        await bot.RunAsync(TestBot.Member("ana", "general"), "/memory reset --confirm");

        var left = await bot.TextOfAsync(TestBot.Operator(), "/memory list_records");
        Assert.Contains("Biscuit", left, StringComparison.Ordinal);
        Assert.Contains("tea", left, StringComparison.Ordinal);
        Assert.DoesNotContain("Muffin", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_tell_where_somebody_is_is_one_readable_line()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.Runtime.Control.WriteAsync(c => c.Execute("DROP TABLE settings"), TestContext.Current.CancellationToken);

        Assert.StartsWith("✗ list failed: ", await bot.TextOfAsync(TestBot.Operator(), "/memory list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_that_cannot_be_opened_is_listed_and_can_be_dropped()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        var active = await bot.Runtime.Stores.ActiveAsync(TestContext.Current.CancellationToken);
        var other = active.Settings with { Collection = "older", Embedding = active.Settings.Embedding with { Dimension = 64 } };
        await using (var store = active.Backend.Open(other)) await store.PrepareAsync(TestContext.Current.CancellationToken);

        Assert.Single(await bot.MemoriesAsync());
        var list = (await bot.TextOfAsync(TestBot.Operator(), "/memory list")).Split('\n');
        var preview = await bot.RunAsync(TestBot.Operator(), "/memory drop_collection older");
        var dropped = await bot.RunAsync(TestBot.Operator(), "/memory drop_collection older --confirm");

        Assert.Matches("^mnemosyne_default +1 +active$", list[1]);
        Assert.Matches("^older +– +.*holds vectors of", list[2]);
        Assert.True(preview.IsPreview);
        Assert.True(dropped.IsSuccess, string.Join('\n', PlainReplies.Render(dropped)));
        Assert.DoesNotContain("older", await bot.TextOfAsync(TestBot.Operator(), "/memory list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Me_commands_show_export_and_forget_only_ones_own()
    {
        await using var bot = await TestBot.StartAsync();
        var (ana, ben) = (TestBot.Member("ana"), TestBot.Member("ben"));
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        await bot.SayAsync(ben, "I like tea.");

        Assert.DoesNotContain("tea", await bot.TextOfAsync(ana, "/memory me show"), StringComparison.Ordinal);
        Assert.Contains("\"My dog is called Biscuit.\"", await bot.TextOfAsync(ana, "/memory me export"), StringComparison.Ordinal);
        Assert.DoesNotContain("tea", await bot.TextOfAsync(ana, "/memory me export"), StringComparison.Ordinal);
        var receipt = await bot.TextOfAsync(ana, "/memory me forget --confirm");

        Assert.Contains("1 erased, 0 left", receipt, StringComparison.Ordinal);
        Assert.DoesNotContain("0 erased", receipt, StringComparison.Ordinal);
        Assert.Matches("nothing was in +waiting messages, settings", receipt);
        Assert.Contains("console history", receipt, StringComparison.Ordinal);
        Assert.Equal(1, await bot.RecordsAsync());
        Assert.Contains("tea", await bot.TextOfAsync(ben, "/memory me show"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_says_why_nothing_was_stored()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana");
        Assert.Contains("nothing has been said yet", await bot.TextOfAsync(ana, "/memory status"), StringComparison.Ordinal);

        await bot.RunAsync(ana, "/memory me privacy incognito");
        await bot.SayAsync(ana, "My dog is called Biscuit.");

        Assert.Contains("your privacy is \"incognito\"", await bot.TextOfAsync(ana, "/memory status"), StringComparison.Ordinal);
        Assert.Equal(0, await bot.RecordsAsync());
    }

    private static Task<CommandReply?> ConfirmAsync(TestBot bot, CommandCaller who) => bot.Commands.ConfirmAsync(who, null, TestContext.Current.CancellationToken);

    private static async Task<string> OnlyIdAsync(TestBot bot) => (await bot.TextOfAsync(TestBot.Operator(), "/memory list_records")).Split('\n')[1].Split(' ')[0];
}
