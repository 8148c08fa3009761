using System.Threading.Channels;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// Reads keys or lines ahead, a bounded number of them. Reading a console or a pipe cannot be cancelled, so it happens
/// on a thread of its own that the process leaves behind at its end; waiting for what was read can be cancelled.
/// </summary>
internal sealed class InputPump<T>
{
    private const int ReadAhead = 1024;
    private readonly Channel<T> _read = Channel.CreateBounded<T>(ReadAhead);
    private volatile bool _isStopped;

    public InputPump(Func<T?> read)
    {
        var thread = new Thread(() => Pump(read)) { IsBackground = true, Name = "console input" };
        thread.Start();
    }

    /// <summary>The next one; null at the end.</summary>
    public async Task<T?> ReadAsync(CancellationToken cancellation) =>
        await _read.Reader.WaitToReadAsync(cancellation) && _read.Reader.TryRead(out var next) ? next : default;

    /// <summary>One that has been read already; null when there is none.</summary>
    public T? TryTake() => _read.Reader.TryRead(out var next) ? next : default;

    /// <summary>Whether one has been read already.</summary>
    public bool HasNext => _read.Reader.Count > 0;

    /// <summary>Reads no further. What has been read already can still be taken, and it comes to an end even when the input does not.</summary>
    public void Stop() => _isStopped = true;

    private void Pump(Func<T?> read)
    {
        try
        {
            while (!_isStopped && read() is { } next) _read.Writer.WriteAsync(next).AsTask().GetAwaiter().GetResult();
            _read.Writer.Complete();
        }
        catch (Exception e)
        {
            // Whoever waits for the next one is told.
            _read.Writer.Complete(e);
        }
    }
}
