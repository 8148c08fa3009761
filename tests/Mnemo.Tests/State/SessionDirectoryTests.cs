using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class SessionDirectoryTests
{
    private const string Conversation = "test:guild:general";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Users_are_known_by_their_names_and_times()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var message = StateFixture.Message("m1", atSeconds: 10);
        await fixture.Outbox.EnqueueAsync(message, Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2", atSeconds: 20) with { Speaker = new Speaker("ana", "Annie") }, Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m3", speaker: "ben", atSeconds: 15), Now);
        await fixture.CompleteAllAsync(new CaptureOptions(), Now);

        var directory = new SessionDirectory(fixture.Control);
        var ana = await directory.FindUserAsync("test", "ana", Now);
        Assert.Equal(["Annie", "Ana"], ana!.Names);
        Assert.Equal((2, StateFixture.Start.AddSeconds(10), StateFixture.Start.AddSeconds(20)), (ana.Messages, ana.FirstAt, ana.LastAt));
        Assert.Equal(["ana", "ben"], await directory.ParticipantsAsync("test", "guild", "general", "", Now));
        Assert.Empty(await directory.ParticipantsAsync("test", "guild", "elsewhere", "", Now));
        Assert.Null(await directory.FindUserAsync("other", "ana", Now));
    }

    [Fact]
    public async Task A_pause_begins_a_new_session_also_across_a_restart()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var first = await SessionOfAsync(fixture, "m1", 0);
        var second = await SessionOfAsync(fixture, "m2", 3600);
        await fixture.RestartAsync(Now);
        var third = await SessionOfAsync(fixture, "m3", 7200);
        var fourth = await SessionOfAsync(fixture, "m4", 10_801);
        var earlier = await SessionOfAsync(fixture, "m5", -7200);

        Assert.Equal($"{Conversation}#{StateFixture.Start.ToUnixTimeMilliseconds()}", first);
        Assert.Equal([first, first], [second, third]);
        Assert.Equal($"{Conversation}#{StateFixture.Start.AddSeconds(10_801).ToUnixTimeMilliseconds()}", fourth);
        Assert.Equal($"{Conversation}#{StateFixture.Start.AddSeconds(-7200).ToUnixTimeMilliseconds()}", earlier);
        Assert.Equal([1L, 3, 1], (await new SessionDirectory(fixture.Control).SessionsAsync(Conversation, 10, Now)).Select(s => s.Messages));
    }

    [Fact]
    public async Task A_session_that_the_source_knows_is_kept()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1") with { Session = "theirs" }, Now);
        var row = (await fixture.Outbox.PendingAsync(1, Now))[0];
        Assert.Equal("theirs", await new SessionTracker(fixture.Control, 1000).AssignAsync(row, Now));
    }

    [Fact]
    public async Task A_window_is_full_after_its_pairs_and_the_next_one_opens()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < 5; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}", atSeconds: i), Now);
        await fixture.CompleteAllAsync(new CaptureOptions(NumPairs: 2), Now);

        var directory = new SessionDirectory(fixture.Control);
        var windows = await directory.WindowsAsync(Conversation, 10, Now);
        Assert.Equal([(1L, null), (4L, "full")], windows.Select(w => (w.Messages, w.Reason)));
        Assert.Equal(["m0", "m1", "m2", "m3"], await directory.WindowMessagesAsync(windows[1].Number, Now));
    }

    [Fact]
    public async Task An_idle_window_is_closed_by_the_clock_or_by_the_next_message()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var directory = new SessionDirectory(fixture.Control);
        var options = new CaptureOptions(IdleMs: 60_000);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.CompleteAllAsync(options, Now);
        Assert.Equal(StateFixture.Start.AddSeconds(60), await DirectoryRecorder.CloseIdleWindowsAsync(fixture.Control, options.IdleMs, Now));
        Assert.Null((await directory.WindowsAsync(Conversation, 1, Now))[0].ClosedAt);

        fixture.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await DirectoryRecorder.CloseIdleWindowsAsync(fixture.Control, options.IdleMs, Now));
        Assert.Equal("idle", (await directory.WindowsAsync(Conversation, 1, Now))[0].Reason);

        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2", atSeconds: 100), Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m3", atSeconds: 200), Now);
        await fixture.CompleteAllAsync(options, Now);
        await DirectoryRecorder.CloseWindowsAsync(fixture.Control, Now);
        Assert.Equal(["end", "idle", "idle"], (await directory.WindowsAsync(Conversation, 9, Now)).Select(w => w.Reason));
    }

    private static async Task<string> SessionOfAsync(StateFixture fixture, string id, int atSeconds)
    {
        var options = new CaptureOptions();
        await fixture.Outbox.EnqueueAsync(StateFixture.Message(id, atSeconds: atSeconds), Now);
        var row = (await fixture.Outbox.PendingAsync(1, Now))[0];
        var session = await new SessionTracker(fixture.Control, options.IdleMs).AssignAsync(row, Now);
        await fixture.Outbox.CompleteAsync([new CompletedRow(row with { Session = session }, 1)], options, Now);
        return session;
    }
}
