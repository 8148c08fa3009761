using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class OutboxTests
{
    private static readonly CaptureOptions Options = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_survives_a_restart_with_every_field()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        var scope = new MemoryScope("discord", "42", "general", "ana", "thread", "sage");
        var message = new ChatMessage("m1", scope, new Speaker("ana", "Ana 🦊"), "记住 \"quotes\" \0 and\nlines", StateBench.Start.AddMilliseconds(7))
        {
            Link = "https://example.org/m1",
            Session = "s1",
            IsToBot = true,
            IsPinned = true,
        };
        var unknownTime = new ChatMessage("m2", scope, new Speaker("ana", ""), "x", At: null);
        await bench.Outbox.EnqueueAsync(message, Now);
        await bench.Outbox.EnqueueAsync(unknownTime, Now);
        await bench.RestartAsync(Now);

        var rows = await bench.Outbox.PendingAsync(10, Now);
        Assert.Equal([message, unknownTime], rows.Select(r => r.Message));
        Assert.All(rows, r => Assert.Equal(StateBench.Start, r.QueuedAt));
        Assert.Equal(StateBench.Start, rows[1].At);
    }

    [Fact]
    public async Task The_same_message_is_queued_once_also_after_it_was_stored()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        Assert.Equal(IntakeOutcome.Accepted, (await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now)).Outcome);
        Assert.Equal(IntakeOutcome.AlreadyKnown, (await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now)).Outcome);
        await bench.CompleteAllAsync(Options, Now);
        await bench.RestartAsync(Now);

        Assert.Equal(IntakeOutcome.AlreadyKnown, (await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now)).Outcome);
        Assert.Equal(0, (await bench.Outbox.StatusAsync(Now)).Pending);
    }

    [Fact]
    public async Task Ids_of_two_platforms_do_not_meet()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        var here = StateBench.Message("m1");
        await bench.Outbox.EnqueueAsync(here, Now);
        var there = here with { Scope = new MemoryScope("other", "guild", "general", "ana") };
        Assert.Equal(IntakeOutcome.Accepted, (await bench.Outbox.EnqueueAsync(there, Now)).Outcome);
    }

    [Fact]
    public async Task A_full_outbox_makes_the_next_message_wait()
    {
        await using var bench = await StateBench.OpenAsync(Now, limit: 2);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m2"), Now);
        var third = bench.Outbox.EnqueueAsync(StateBench.Message("m3"), Now);
        Assert.False(third.IsCompleted);

        await bench.CompleteAllAsync(Options, Now);
        Assert.Equal(IntakeOutcome.Accepted, (await third).Outcome);
    }

    [Fact]
    public async Task A_refused_message_gives_its_place_back()
    {
        await using var bench = await StateBench.OpenAsync(Now, limit: 2);
        for (var i = 0; i < 5; i++) await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        Assert.Equal(IntakeOutcome.Accepted, (await bench.Outbox.EnqueueAsync(StateBench.Message("m2"), Now)).Outcome);
    }

    [Fact]
    public async Task Counters_move_when_a_message_is_stored_and_not_before()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        var waiting = await bench.Outbox.StatusAsync(Now);
        Assert.Equal((1, 0, null), (waiting.Pending, waiting.StoredTotal, waiting.LastStoredAt));

        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await bench.CompleteAllAsync(Options, Now);
        var stored = await bench.Outbox.StatusAsync(Now);
        Assert.Equal((0, 1, StateBench.Start.AddSeconds(5)), (stored.Pending, stored.StoredTotal, stored.LastStoredAt));
    }

    [Fact]
    public async Task Completing_twice_counts_once()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        var rows = await bench.Outbox.PendingAsync(1, Now);
        CompletedRow[] done = [new(rows[0], "sitting", Created: 1)];
        await bench.Outbox.CompleteAsync(done, Options, Now);
        await bench.Outbox.CompleteAsync(done, Options, Now);

        Assert.Equal(1, (await bench.Outbox.StatusAsync(Now)).StoredTotal);
        var user = await new SessionDirectory(bench.Control).FindUserAsync("test", "ana", Now);
        Assert.Equal(1, user!.Messages);
    }

    [Fact]
    public async Task A_failed_message_is_kept_shown_and_can_be_tried_again()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m2"), Now);
        var rows = await bench.Outbox.PendingAsync(10, Now);
        await bench.Outbox.FailAsync(rows[0].Sequence, "the store refused it", Now);

        var status = await bench.Outbox.StatusAsync(Now);
        Assert.Equal((1, 1, "the store refused it", StateBench.Start), (status.Pending, status.Failed, status.LastProblem, status.LastProblemAt));
        Assert.Equal(IntakeOutcome.AlreadyKnown, (await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now)).Outcome);

        await bench.RestartAsync(Now);
        Assert.Equal(1, await bench.Outbox.RetryFailedAsync(Now));
        Assert.Equal(["m2", "m1"], (await bench.Outbox.PendingAsync(10, Now)).Select(r => r.Message.Id));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_does_not_hold_up_the_others()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m1"), Now);
        await bench.Outbox.EnqueueAsync(StateBench.Message("m2"), Now);
        await bench.Control.WriteAsync(c => c.Execute("UPDATE outbox SET payload = x'7B7D' WHERE message = 'm1'"), Now);

        Assert.Equal("m2", Assert.Single(await bench.Outbox.PendingAsync(1, Now)).Message.Id);
        Assert.Equal(1, (await bench.Outbox.StatusAsync(Now)).Failed);
    }
}
