using System.Threading.Channels;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>Tells a shell how far the work is, as fast as it listens: what it has not heard yet is replaced by what is newer.</summary>
internal sealed class ProgressRelay : IProgress<TransferProgress>, IAsyncDisposable
{
    private readonly Channel<TransferProgress> _latest = Channel.CreateBounded<TransferProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Task _telling;

    public ProgressRelay(MessageChannel channel) => _telling = TellAsync(channel);

    public void Report(TransferProgress value) => _latest.Writer.TryWrite(value);

    /// <summary>Ends when the last one is told.</summary>
    public async ValueTask DisposeAsync()
    {
        _latest.Writer.TryComplete();
        await _telling;
    }

    private async Task TellAsync(MessageChannel channel)
    {
        try
        {
            await foreach (var progress in _latest.Reader.ReadAllAsync()) await channel.WriteAsync(new LocalMessage.Progress(progress));
        }
        catch (PeerGoneException)
        {
            // The work itself finds out, where it matters.
        }
    }
}
