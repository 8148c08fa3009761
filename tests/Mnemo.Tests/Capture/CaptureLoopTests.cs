using Mnemo.Capture;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class CaptureLoopTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_loop_wakes_when_a_message_comes_and_ends_when_it_is_cancelled()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var loop = fixture.Worker.RunAsync(stop.Token);
        for (var i = 0; i < 3; i++)
        {
            await fixture.SayAsync(Now, CaptureFixture.Message($"m{i}", $"Fact {i}."));
            await Eventually.HoldsAsync(async () => (await fixture.Outbox.StatusAsync(Now)).Pending == 0);
        }

        await stop.CancelAsync();
        await loop;
        Assert.Equal(3, (await fixture.MemoriesAsync(Now)).Count);
    }

    [Fact]
    public async Task While_the_store_is_away_messages_wait_and_the_loop_tries_again_at_growing_intervals()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        fixture.Store.FailForAMoment("scan", 3);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        var loop = fixture.Worker.RunAsync(stop.Token);

        var tries = 0;
        await Eventually.HoldsAsync(async () =>
        {
            var now = await fixture.Outbox.StatusAsync(Now);
            if (fixture.Store.Calls("scan") == tries || now.LastProblem is null) fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            else tries = fixture.Store.Calls("scan");
            return now.Pending == 0;
        });

        await stop.CancelAsync();
        await loop;
        var waited = fixture.Clock.GetUtcNow() - CaptureFixture.Start;
        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((0, 0, 1), (status.Pending, status.Failed, status.StoredTotal));
        Assert.Equal("The line is busy; try again.", status.LastProblem);
        Assert.True(waited >= TimeSpan.FromMilliseconds(200 + 400 + 800), $"waited {waited}");
        Assert.Single(await fixture.MemoriesAsync(Now));
    }

    [Fact]
    public async Task A_disk_that_is_full_when_the_loop_begins_does_not_end_it()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        fixture.Store.Fail("upsert", 1, () => new MemoryStoreException(StoreErrorKind.Refused, "faulty", "upsert", "The row is too odd."));
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);
        await fixture.Control.WriteAsync(c => c.Execute("CREATE TRIGGER full BEFORE DELETE ON failed BEGIN SELECT RAISE(ABORT, 'full'); END"), Now);
        var loop = fixture.Worker.RunAsync(stop.Token);
        await Eventually.HoldsAsync(async () => (await fixture.Outbox.StatusAsync(Now)).LastProblem is not (null or "The row is too odd.") || loop.IsCompleted);

        await fixture.Control.WriteAsync(c => c.Execute("DROP TRIGGER full"), Now);
        await Eventually.HoldsAsync(async () =>
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return loop.IsCompleted || (await fixture.MemoriesAsync(Now)).Count > 0;
        });

        await stop.CancelAsync();
        await loop;
        Assert.Single(await fixture.MemoriesAsync(Now));
    }

    [Fact]
    public async Task An_idle_window_is_closed_without_a_further_message()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now, new CaptureOptions(IdleMs: 60_000));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var loop = fixture.Worker.RunAsync(stop.Token);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await Eventually.HoldsAsync(async () =>
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            return await fixture.Sessions.WindowsAsync("test:guild:general", 1, Now) is [{ Reason: "idle" }];
        });

        await stop.CancelAsync();
        await loop;
    }
}
