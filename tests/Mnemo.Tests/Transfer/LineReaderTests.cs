using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Transfer;

public sealed class LineReaderTests
{
    [Fact]
    public async Task Waiting_for_a_pipe_that_says_nothing_can_be_cancelled()
    {
        using var stopping = new CancellationTokenSource();
        var next = new LineReader(new SilentPipe(), maxLineBytes: 100).NextAsync(stopping.Token).AsTask();
        Assert.False(next.IsCompleted);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    /// <summary>As the standard input is: it does not look at the token while it waits.</summary>
    private sealed class SilentPipe : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(new TaskCompletionSource<int>().Task);
    }
}
