using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Tests.State;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class OutboxTests
{
    private static readonly CaptureOptions Options = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_survives_a_restart_with_every_field()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var scope = new MemoryScope("discord", "42", "general", "ana", "thread", "sage");
        var message = new ChatMessage("m1", scope, new Speaker("ana", "Ana 🦊"), "记住 \"quotes\" \0 and\nlines", StateFixture.Start.AddMilliseconds(7))
        {
            Link = "https://example.org/m1",
            Session = "s1",
            IsToBot = true,
            IsPinned = true,
        };
        var unknownTime = new ChatMessage("m2", scope, new Speaker("ana", ""), "x", At: null);
        await fixture.Outbox.EnqueueAsync(message, Now);
        await fixture.Outbox.EnqueueAsync(unknownTime, Now);
        await fixture.RestartAsync(Now);

        var rows = await fixture.Outbox.PendingAsync(10, Now);
        Assert.Equal([message, unknownTime], rows.Select(r => r.Message));
        Assert.All(rows, r => Assert.Equal(StateFixture.Start, r.QueuedAt));
        Assert.Equal(StateFixture.Start, rows[1].At);
    }

    [Fact]
    public async Task The_same_message_is_queued_once_also_after_it_was_stored()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        Assert.Equal(IntakeOutcome.Accepted, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now)).Outcome);
        Assert.Equal(IntakeOutcome.AlreadyKnown, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now)).Outcome);
        await fixture.CompleteAllAsync(Options, Now);
        await fixture.RestartAsync(Now);

        Assert.Equal(IntakeOutcome.AlreadyKnown, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now)).Outcome);
        Assert.Equal(0, (await fixture.Outbox.StatusAsync(Now)).Pending);
    }

    [Fact]
    public async Task Ids_of_two_platforms_do_not_meet()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var here = StateFixture.Message("m1");
        await fixture.Outbox.EnqueueAsync(here, Now);
        var there = here with { Scope = new MemoryScope("other", "guild", "general", "ana") };
        Assert.Equal(IntakeOutcome.Accepted, (await fixture.Outbox.EnqueueAsync(there, Now)).Outcome);
    }

    [Fact]
    public async Task A_full_outbox_makes_the_next_message_wait()
    {
        await using var fixture = await StateFixture.OpenAsync(Now, limit: 2);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2"), Now);
        var third = fixture.Outbox.EnqueueAsync(StateFixture.Message("m3"), Now);
        Assert.False(third.IsCompleted);

        await fixture.CompleteAllAsync(Options, Now);
        Assert.Equal(IntakeOutcome.Accepted, (await third).Outcome);
    }

    [Fact]
    public async Task A_refused_message_gives_its_place_back()
    {
        await using var fixture = await StateFixture.OpenAsync(Now, limit: 2);
        for (var i = 0; i < 5; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        Assert.Equal(IntakeOutcome.Accepted, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2"), Now)).Outcome);
    }

    [Fact]
    public async Task Counters_move_when_a_message_is_stored_and_not_before()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        var waiting = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((1, 0, null), (waiting.Pending, waiting.StoredTotal, waiting.LastStoredAt));

        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await fixture.CompleteAllAsync(Options, Now);
        var stored = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((0, 1, StateFixture.Start.AddSeconds(5)), (stored.Pending, stored.StoredTotal, stored.LastStoredAt));
    }

    [Fact]
    public async Task Completing_twice_counts_once()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        var rows = await fixture.Outbox.PendingAsync(1, Now);
        CompletedRow[] done = [new(rows[0] with { Session = "session" }, Created: 1)];
        await fixture.Outbox.CompleteAsync(done, Options, Now);
        await fixture.Outbox.CompleteAsync(done, Options, Now);

        Assert.Equal(1, (await fixture.Outbox.StatusAsync(Now)).StoredTotal);
        var user = await new SessionDirectory(fixture.Control).FindUserAsync("test", "ana", Now);
        Assert.Equal(1, user!.Messages);
    }

    [Fact]
    public async Task A_failed_message_is_kept_shown_and_can_be_tried_again()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2"), Now);
        var rows = await fixture.Outbox.PendingAsync(10, Now);
        await fixture.Outbox.FailAsync(rows[0].Sequence, "the store refused it", Now);

        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((1, 1, "the store refused it", StateFixture.Start), (status.Pending, status.Failed, status.LastProblem, status.LastProblemAt));
        Assert.Equal(IntakeOutcome.AlreadyKnown, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now)).Outcome);

        await fixture.RestartAsync(Now);
        Assert.Equal(1, await fixture.Outbox.RetryFailedAsync(Now));
        Assert.Equal(["m2", "m1"], (await fixture.Outbox.PendingAsync(10, Now)).Select(r => r.Message.Id));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_does_not_hold_up_the_others()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2"), Now);
        await fixture.Control.WriteAsync(c => c.Execute("UPDATE outbox SET payload = x'7B7D' WHERE message = 'm1'"), Now);

        Assert.Equal("m2", Assert.Single(await fixture.Outbox.PendingAsync(1, Now)).Message.Id);
        Assert.Equal(1, (await fixture.Outbox.StatusAsync(Now)).Failed);
    }
}
