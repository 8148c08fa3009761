using Mnemo.Capture;
using Mnemo.Tests.Commands;
using Xunit;

namespace Mnemo.Tests.Chat;

public sealed class ChatResponderTests
{
    [Fact]
    public async Task A_question_is_answered_with_the_speaker_and_the_date()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");

        var own = await bot.SayAsync(TestBot.Member("ana", "general"), "What is my dog called?", isToBot: true);
        var others = await bot.SayAsync(TestBot.Member("ben", "general"), "What is ana's dog called?", isToBot: true);

        Assert.Matches("^On 2026-03-04 .* you said: .*Biscuit", own.Answer!.Text);
        Assert.Matches("^On 2026-03-04 .* ana said: .*Biscuit", others.Answer!.Text);
        Assert.NotEmpty(own.Answer.Sources);
    }

    [Fact]
    public async Task Small_talk_in_a_channel_is_heard_and_not_answered()
    {
        await using var bot = await TestBot.StartAsync();

        var statement = await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");
        var question = await bot.SayAsync(TestBot.Member("ben", "general"), "What is ana's dog called?");
        var mention = await bot.SayAsync(TestBot.Member("ben", "general"), "Good morning!", isToBot: true);

        Assert.Equal(IntakeOutcome.Accepted, statement.Receipt.Outcome);
        Assert.All([statement, question, mention], turn => Assert.Null(turn.Answer));
    }

    [Fact]
    public async Task What_nobody_mentioned_is_plainly_not_known()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");

        var turn = await bot.SayAsync(TestBot.Member("ana"), "What is my cat called?");

        Assert.Equal("I don't know.", turn.Answer!.Text);
        Assert.Empty(turn.Answer.Sources);
        Assert.Equal(IntakeOutcome.Question, turn.Receipt.Outcome);
    }

    [Fact]
    public async Task A_private_chat_stays_private()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");

        var stranger = await bot.SayAsync(TestBot.Member("ben", "elsewhere"), "What is ana's dog called?", isToBot: true);
        var herself = await bot.SayAsync(TestBot.Member("ana", "general"), "What is my dog called?", isToBot: true);

        Assert.Equal("I don't know.", stranger.Answer!.Text);
        Assert.Equal("I don't know.", herself.Answer!.Text);
    }

    [Fact]
    public async Task Chinese_questions_get_Chinese_answers()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "我的猫叫团子。");

        var known = await bot.SayAsync(TestBot.Member("ana"), "我的猫叫什么？");
        var unknown = await bot.SayAsync(TestBot.Member("ana"), "我的生日是哪天？");

        Assert.StartsWith("你在 2026-03-04", known.Answer!.Text, StringComparison.Ordinal);
        Assert.Contains("团子", known.Answer.Text, StringComparison.Ordinal);
        Assert.Equal("我不知道。", unknown.Answer!.Text);
    }

    [Fact]
    public async Task A_channel_that_is_switched_off_is_neither_heard_nor_answered()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana", "general", isAdmin: true);
        await bot.RunAsync(ana, "/memory settings channel off");

        var said = await bot.SayAsync(ana, "My dog is called Biscuit.");
        var asked = await bot.SayAsync(ana, "What is my dog called?", isToBot: true);

        Assert.Equal(IntakeOutcome.NotListening, said.Receipt.Outcome);
        Assert.Null(asked.Answer);
        Assert.Equal(0, await bot.RecordsAsync());
    }

    [Fact]
    public async Task Another_persona_of_the_channel_remembers_for_itself()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana", "general", isAdmin: true);
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        await bot.RunAsync(ana, "/memory settings persona pirate");

        Assert.Equal("I don't know.", (await bot.SayAsync(ana, "What is my dog called?", isToBot: true)).Answer!.Text);
        await bot.RunAsync(ana, "/memory settings persona default");
        Assert.Contains("Biscuit", (await bot.SayAsync(ana, "What is my dog called?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_session_filtering_a_channel_is_recalled_where_everybody_present_has_spoken_in_it_too()
    {
        await using var bot = await TestBot.StartAsync(("use_session_filtering", "false"));
        var (ana, ben) = (TestBot.Member("ana", "general"), TestBot.Member("ben", "general"));
        await bot.SayAsync(TestBot.Member("ana", "kitchen"), "The oven code is 4711.");
        await bot.SayAsync(TestBot.Member("ben", "kitchen"), "Good morning all.");
        await bot.SayAsync(TestBot.Member("ana", "cellar"), "The safe code is 1234.");
        await bot.SayAsync(TestBot.Member("ana"), "My diary code is 9999.");
        await bot.SayAsync(ana, "Hello general.");
        await bot.SayAsync(ben, "Hello again.");

        Assert.Contains("4711", (await bot.SayAsync(ben, "What is the oven code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", (await bot.SayAsync(ben, "What is the safe code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("9999", (await bot.SayAsync(ben, "What is the diary code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", (await bot.SayAsync(TestBot.Member("carl", "general"), "What is the oven code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("incognito")]
    public async Task Without_session_filtering_nothing_of_another_channel_is_told_where_somebody_may_read_along_unseen(string mode)
    {
        await using var bot = await TestBot.StartAsync(("use_session_filtering", "false"));
        var (ana, ben, carl) = (TestBot.Member("ana", "general"), TestBot.Member("ben", "general"), TestBot.Member("carl", "general"));
        await bot.RunAsync(carl, $"/memory me privacy {mode}");
        await bot.SayAsync(carl, "I read along.");
        await bot.SayAsync(TestBot.Member("ana", "kitchen"), "The oven code is 4711.");
        await bot.SayAsync(TestBot.Member("ben", "kitchen"), "Good morning all.");
        await bot.SayAsync(ana, "Hello general.");

        Assert.DoesNotContain("4711", (await bot.SayAsync(ben, "What is the oven code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", await bot.TextOfAsync(ben, "/memory list_records"), StringComparison.Ordinal);
        await bot.RunAsync(carl, "/memory me privacy on");
        Assert.Contains("4711", (await bot.SayAsync(ben, "What is the oven code?", isToBot: true)).Answer!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_command_remembers_belongs_to_the_persona_that_listens_there()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana", "general", isAdmin: true);
        await bot.RunAsync(ana, "/memory settings persona pirate");
        await bot.RunAsync(ana, "/memory remember My ship is called Pearl");
        Assert.Contains("Pearl", await bot.TextOfAsync(ana, "/memory recall ship"), StringComparison.Ordinal);

        await bot.RunAsync(ana, "/memory settings persona default");
        Assert.DoesNotContain("Pearl", await bot.TextOfAsync(ana, "/memory recall ship"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_shows_what_the_last_answer_was_made_of_and_only_to_whom_it_may_be_shown()
    {
        await using var bot = await TestBot.StartAsync();
        var (ana, ben) = (TestBot.Member("ana", "general"), TestBot.Member("ben", "general"));
        await bot.SayAsync(TestBot.Member("ana", "kitchen"), "My dog is called Biscuit.");
        await bot.SayAsync(ana, "What is my dog called?", isToBot: true);

        var forAna = await bot.TextOfAsync(ana, "/memory why");
        var forBen = await bot.TextOfAsync(ben, "/memory why");

        Assert.Contains("Biscuit", forAna, StringComparison.Ordinal);
        Assert.Contains("score", forAna, StringComparison.Ordinal);
        Assert.Contains("m1", forAna, StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", forBen, StringComparison.Ordinal);
        Assert.DoesNotContain("dog", forBen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/memory delete_record {0} --confirm")]
    [InlineData("/memory reset --confirm")]
    [InlineData("/memory drop_collection mnemosyne_default --confirm")]
    [InlineData("/memory me privacy off")]
    [InlineData("/memory me forget --confirm")]
    public async Task Why_shows_no_text_that_was_deleted_or_silenced_since_the_answer(string line)
    {
        await using var bot = await TestBot.StartAsync();
        var (ana, ben) = (TestBot.Member("ana", "general", isAdmin: true), TestBot.Member("ben", "general"));
        await bot.SayAsync(ana, "My dog is called Biscuit.");
        Assert.NotEmpty((await bot.SayAsync(ben, "What is ana's dog called?", isToBot: true)).Answer!.Sources);
        var id = (await bot.TextOfAsync(TestBot.Operator(), "/memory list_records")).Split('\n')[1].Split(' ')[0];

        await bot.RunAsync(ana, string.Format(System.Globalization.CultureInfo.InvariantCulture, line, id));

        Assert.DoesNotContain("Biscuit", await bot.TextOfAsync(ben, "/memory why"), StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", await bot.TextOfAsync(ben, "/memory why What is ana's dog called?"), StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", await bot.TextOfAsync(ben, "/memory list_records"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_says_that_a_memory_it_rested_on_is_gone()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");
        await bot.SayAsync(TestBot.Member("ben", "general"), "What is ana's dog called?", isToBot: true);
        var id = (await bot.TextOfAsync(TestBot.Operator(), "/memory list_records")).Split('\n')[1].Split(' ')[0];
        await bot.RunAsync(TestBot.Member("ana", "kitchen"), $"/memory delete_record {id} --confirm");

        var why = await bot.TextOfAsync(TestBot.Member("ben", "general"), "/memory why");

        Assert.Contains("yes, from a memory that is gone", why, StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_lists_nothing_of_who_has_switched_memory_off_and_an_admin_still_does()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");
        await bot.RunAsync(TestBot.Member("ana", "general"), "/memory me privacy off");

        Assert.DoesNotContain("Biscuit", await bot.TextOfAsync(TestBot.Member("ben", "general"), "/memory list_records"), StringComparison.Ordinal);
        Assert.Contains("Biscuit", await bot.TextOfAsync(TestBot.Operator(), "/memory list_records"), StringComparison.Ordinal);
        Assert.Contains("Biscuit", await bot.TextOfAsync(TestBot.Member("ana", "general"), "/memory me show"), StringComparison.Ordinal);
    }
}
