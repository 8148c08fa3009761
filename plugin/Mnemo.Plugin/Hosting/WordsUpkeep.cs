using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Recall;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Brings the word index up to the store in the background, so that neither a rebuild nor a store that is away for a
/// moment holds up the start; and again when its file is found damaged later and made anew.
/// </summary>
internal sealed class WordsUpkeep : IProgress<long>, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;
    private long _read;

    public WordsUpkeep(WordIndex words, MemoryManager stores, Patience patience, ILogger logger)
    {
        var first = words.Emptied;
        Done = FirstAsync(() => FillAsync(words, stores, patience, logger));
        _watching = WatchAsync(words, first, () => FillAsync(words, stores, patience, logger));
    }

    /// <summary>Done when the words are current; fails with what no waiting can mend.</summary>
    public Task Done { get; }

    /// <summary>Memories read by a rebuild.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>Begins, somewhere else than on the caller's thread.</summary>
    public void Begin() => _begin.TrySetResult();

    public void Report(long value) => Interlocked.Exchange(ref _read, value);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_watching);
        _stop.Dispose();
    }

    private async Task FirstAsync(Func<Task> fillAsync)
    {
        await _begin.Task.WaitAsync(_stop.Token);
        await fillAsync();
    }

    private async Task WatchAsync(WordIndex words, Task emptied, Func<Task> fillAsync)
    {
        await Done;
        while (true)
        {
            await emptied.WaitAsync(_stop.Token);
            emptied = words.Emptied;
            await fillAsync();
        }
    }

    private async Task FillAsync(WordIndex words, MemoryManager stores, Patience patience, ILogger logger)
    {
        using var job = logger.ForJob("rebuild");
        var before = Read;
        await patience.UntilDoneAsync(cancellation => TryAsync(words, stores, cancellation), _stop.Token);
        if (Read != before) logger.LogInformation("The word index was rebuilt from {Memories} memories", Read);
    }

    private async Task<long> TryAsync(WordIndex words, MemoryManager stores, CancellationToken cancellation)
    {
        using var lease = await stores.LeaseAsync(cancellation);
        await words.EnsureCurrentAsync(lease.Store, $"{lease.Active.Backend.Name}#{lease.Active.Settings.Collection}", this, cancellation);
        return words.Count;
    }
}
