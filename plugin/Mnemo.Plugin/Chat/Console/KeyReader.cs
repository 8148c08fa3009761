using System.Threading.Channels;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// Hands over keys without blocking whoever waits. Reading a key cannot be cancelled, so it happens on a thread of
/// its own that the process leaves behind at its end; what is typed ahead is kept.
/// </summary>
internal sealed class KeyReader
{
    private readonly Channel<ConsoleKeyInfo> _keys = Channel.CreateBounded<ConsoleKeyInfo>(4096);

    public KeyReader(Func<ConsoleKeyInfo> readKey)
    {
        var thread = new Thread(() => Pump(readKey)) { IsBackground = true, Name = "console keys" };
        thread.Start();
    }

    /// <summary>The next key; null when there will be no more.</summary>
    public async Task<ConsoleKeyInfo?> ReadAsync(CancellationToken cancellation) =>
        await _keys.Reader.WaitToReadAsync(cancellation) && _keys.Reader.TryRead(out var key) ? key : null;

    private void Pump(Func<ConsoleKeyInfo> readKey)
    {
        try
        {
            while (true) _keys.Writer.WriteAsync(readKey()).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            _keys.Writer.Complete();
        }
    }
}
