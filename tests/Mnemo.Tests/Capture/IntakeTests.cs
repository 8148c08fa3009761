using Mnemo.Capture;
using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class IntakeTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bots_blanks_and_people_who_opted_out_leave_no_trace()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Privacy.SetAsync("test", "ben", PrivacyMode.Off, Now);
        await fixture.Privacy.SetAsync("test", "cid", PrivacyMode.Incognito, Now);
        var outcomes = new[]
        {
            await fixture.Intake.AcceptAsync(CaptureFixture.Message("m1", "I am a bot.") with { IsFromBot = true }, Now),
            await fixture.Intake.AcceptAsync(CaptureFixture.Message("m2", " \n\t"), Now),
            await fixture.Intake.AcceptAsync(CaptureFixture.Message("m3", "secret", "ben"), Now),
            await fixture.Intake.AcceptAsync(CaptureFixture.Message("m4", "secret", "cid"), Now),
        };
        await fixture.Worker.FlushAsync(Now);

        Assert.Equal([IntakeOutcome.FromBot, IntakeOutcome.Empty, IntakeOutcome.PrivacyOff, IntakeOutcome.PrivacyOff], outcomes.Select(o => o.Outcome));
        Assert.Empty(await fixture.MemoriesAsync(Now));
        Assert.Null(await fixture.Sessions.FindUserAsync("test", "ben", Now));
    }

    [Fact]
    public async Task Where_the_bot_does_not_listen_nothing_is_kept_until_it_does_again()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var message = CaptureFixture.Message("m1", "My dog is called Biscuit.");
        await fixture.Channels.SetAsync(message.Scope.Conversation, ChannelSettings.Channel, "off", Now);
        Assert.Equal(IntakeOutcome.NotListening, (await fixture.Intake.AcceptAsync(message, Now)).Outcome);
        Assert.Equal(IntakeOutcome.NotListening, (await fixture.Intake.AcceptAsync(message with { IsPinned = true }, Now)).Outcome);
        Assert.Equal(IntakeOutcome.Accepted, (await fixture.Intake.AcceptAsync(CaptureFixture.Message("m2", "Hello.", channel: "elsewhere"), Now)).Outcome);
        await fixture.Channels.SetAsync(message.Scope.Conversation, ChannelSettings.Channel, null, Now);
        Assert.Equal(IntakeOutcome.Accepted, (await fixture.Intake.AcceptAsync(message, Now)).Outcome);
    }

    [Fact]
    public async Task A_question_to_the_bot_counts_as_a_message_and_is_not_remembered()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        Assert.Equal(IntakeOutcome.Question, (await fixture.Intake.AcceptAsync(CaptureFixture.Private("m1", "What is my dog called?"), Now)).Outcome);
        var payload = await fixture.Control.ReadAsync(c => (byte[])c.Scalar("SELECT payload FROM outbox")!, Now);
        Assert.DoesNotContain("dog", System.Text.Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
        await fixture.Worker.DrainAsync(Now);

        Assert.Empty(await fixture.MemoriesAsync(Now));
        Assert.Equal(1, (await fixture.Sessions.FindUserAsync("test", "ana", Now))!.Messages);
        Assert.Equal(0, (await fixture.Outbox.StatusAsync(Now)).StoredTotal);
    }

    [Fact]
    public async Task A_question_to_other_people_is_remembered()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "Who wants my old bicycle?"));
        await fixture.Worker.DrainAsync(Now);
        Assert.Single(await fixture.MemoriesAsync(Now));
    }
}
