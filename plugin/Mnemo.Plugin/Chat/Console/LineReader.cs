using System.Threading.Channels;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>Reads redirected lines ahead on a thread of its own, a bounded number of them; reading cannot be cancelled, waiting for it can.</summary>
internal sealed class LineReader
{
    private const int ReadAhead = 1024;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(ReadAhead);
    private volatile bool _isStopped;

    public LineReader(TextReader input)
    {
        var thread = new Thread(() => Pump(input)) { IsBackground = true, Name = "console lines" };
        thread.Start();
    }

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellation) =>
        await _lines.Reader.WaitToReadAsync(cancellation) && _lines.Reader.TryRead(out var line) ? line : null;

    /// <summary>A line that has been read already, if there is one.</summary>
    public string? TryTake() => _lines.Reader.TryRead(out var line) ? line : null;

    /// <summary>Reads no further. What has been read already can still be taken, and it comes to an end even when the input does not.</summary>
    public void Stop() => _isStopped = true;

    private void Pump(TextReader input)
    {
        try
        {
            while (!_isStopped && input.ReadLine() is { } line) _lines.Writer.WriteAsync(line).AsTask().GetAwaiter().GetResult();
            _lines.Writer.Complete();
        }
        catch (IOException e)
        {
            _lines.Writer.Complete(e);
        }
    }
}
