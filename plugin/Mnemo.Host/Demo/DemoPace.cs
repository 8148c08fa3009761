namespace Mnemo.Host.Demo;

/// <summary>How long the demo waits so that people can follow it; not at all when it is to be fast.</summary>
internal sealed class DemoPace(TimeProvider clock, bool isFast)
{
    private const int MessageMs = 550;
    private const int TypingMs = 900;
    private const int ReadingMs = 2600;

    /// <summary>Between two messages of a chat.</summary>
    public Task MessageAsync(CancellationToken cancellation) => WaitAsync(MessageMs, cancellation);

    /// <summary>While somebody types or the bot is about to speak.</summary>
    public Task TypingAsync(CancellationToken cancellation) => WaitAsync(TypingMs, cancellation);

    /// <summary>After something that takes a while to read.</summary>
    public Task ReadingAsync(CancellationToken cancellation) => WaitAsync(ReadingMs, cancellation);

    private Task WaitAsync(int ms, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return isFast ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(ms), clock, cancellation);
    }
}
