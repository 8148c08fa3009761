using Mnemo.Capture;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Capture;

/// <summary>What the door says of messages that are too long, no text, or out of time, and how long the others may take.</summary>
public sealed class MessageLimitTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("x", 20_000, IntakeOutcome.Accepted)]
    [InlineData("x", 20_001, IntakeOutcome.TooLong)]
    [InlineData("🦊", 20_000, IntakeOutcome.Accepted)]
    [InlineData("🦊", 20_001, IntakeOutcome.TooLong)]
    public async Task A_message_beyond_the_limit_is_refused_as_a_whole_with_its_length(string letter, int count, IntakeOutcome outcome)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var receipt = await fixture.Intake.AcceptAsync(CaptureFixture.Message("m1", Text(letter, count)), Now);
        await fixture.Worker.DrainAsync(Now);

        Assert.Equal(outcome, receipt.Outcome);
        if (outcome == IntakeOutcome.TooLong) Assert.Equal((count, 20_000, true), (receipt.Length, receipt.Limit, receipt.IsRefused));
        Assert.Equal(outcome == IntakeOutcome.Accepted ? count : 0, (await fixture.MemoriesAsync(Now)).Sum(m => m.Text.EnumerateRunes().Count()));
    }

    // Every piece of it differs from the others, because repetitions are kept once.
    private static string Text(string letter, int count) => string.Concat(Enumerable.Range(0, count).Select(i => i % 1000 == 0 ? $"{i / 1000 % 10}" : letter));

    [Fact]
    public async Task A_message_with_a_zero_character_or_half_a_pair_is_refused()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        foreach (var text in (string[])["tea\0", "\ud83e tea", "tea \udd8a"])
            Assert.Equal(IntakeOutcome.NotText, (await fixture.Intake.AcceptAsync(CaptureFixture.Message("m1", text), Now)).Outcome);
        var named = CaptureFixture.Message("m1", "tea") with { Speaker = new Mnemo.Memories.Speaker("ana", "A\0na") };
        Assert.Equal(IntakeOutcome.NotText, (await fixture.Intake.AcceptAsync(named, Now)).Outcome);
        Assert.Equal(0, (await fixture.Outbox.StatusAsync(Now)).Pending);
    }

    [Theory]
    [InlineData("I like tea. ")]
    [InlineData("xxxxxxxxxxxx")]
    [InlineData("            ")]
    [InlineData("  \n \t  x     ")]
    public void Cutting_a_text_takes_time_in_proportion_to_its_length(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (50 << 20) / piece.Length)) + "x";
        var started = TimeProvider.System.GetTimestamp();
        var drafts = RawExtractor.Extract(CaptureFixture.Message("m1", text));

        Assert.All(drafts, d => Assert.InRange(d.Text.Length, 1, RawExtractor.MaxLength));
        Assert.Equal(text.Count(c => !char.IsWhiteSpace(c)), drafts.Sum(d => d.Text.Count(c => !char.IsWhiteSpace(c))));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 15);
    }

    [Fact]
    public async Task A_long_message_that_an_earlier_version_took_becomes_memories_in_seconds()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => $"Sentence {i} is here. "));
        await fixture.Outbox.EnqueueAsync(CaptureFixture.Message("m1", text), Now);
        var started = TimeProvider.System.GetTimestamp();
        await fixture.Worker.DrainAsync(Now);

        Assert.InRange((await fixture.MemoriesAsync(Now)).Sum(m => m.Text.Length), text.Length - 10_000, text.Length);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task A_message_of_the_end_of_the_calendar_stalls_nothing()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now, new CaptureOptions(IdleMs: 1000));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        await fixture.SayAsync(Now,
            CaptureFixture.Message("m1", "I like tea.") with { At = DateTimeOffset.MaxValue }, CaptureFixture.Message("m2", "I like rum.", channel: "elsewhere"));
        var loop = fixture.Worker.RunAsync(stop.Token);
        await Eventually.HoldsAsync(async () => (await fixture.Outbox.StatusAsync(Now)).Pending == 0);
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        await fixture.SayAsync(Now, CaptureFixture.Message("m3", "Hello.", channel: "third", atSeconds: 7200));
        await Eventually.HoldsAsync(async () => (await fixture.Sessions.WindowsAsync("test:guild:elsewhere", 1, Now))[0].Reason == "idle");
        await stop.CancelAsync();
        await loop;

        Assert.Null((await fixture.Outbox.StatusAsync(Now)).LastProblem);
        Assert.Null(Assert.Single(await fixture.Sessions.WindowsAsync("test:guild:general", 9, Now)).ClosedAt);
    }
}
