using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class TextIndexReadyTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_made_into_a_memory_before_the_text_index_is_current()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        var ready = new TaskCompletionSource();
        var worker = fixture.MakeWorker(ready.Task);

        var draining = worker.DrainAsync(Now);
        Assert.False(draining.IsCompleted);
        Assert.Empty(await fixture.MemoriesAsync(Now));
        ready.SetResult();
        await draining;
        Assert.Single(await fixture.MemoriesAsync(Now));
    }

    [Fact]
    public async Task Where_the_text_index_cannot_be_made_current_everything_waits_and_the_reason_is_told()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        var worker = fixture.MakeWorker(Task.FromException(new MemoryStoreException(StoreErrorKind.Damaged, "faulty", "prepare", "A record is damaged.")));

        Assert.Equal("A record is damaged.", (await Assert.ThrowsAsync<MemoryStoreException>(() => worker.DrainAsync(Now))).Message);
        await Assert.ThrowsAsync<MemoryStoreException>(() => worker.RunAsync(Now));
        Assert.Equal((1, 0), await fixture.Outbox.StatusAsync(Now) is var s ? (s.Pending, s.Failed) : default);
    }

    [Fact]
    public async Task A_loop_that_is_stopped_before_the_text_index_is_current_ends()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var worker = fixture.MakeWorker(new TaskCompletionSource().Task);
        var loop = worker.RunAsync(stop.Token);
        await stop.CancelAsync();
        await loop;
    }
}
