using Microsoft.Extensions.Logging;
using Mnemo.Recall;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>Brings the word index up to the store in the background, so that a rebuild does not hold up the start.</summary>
internal sealed class WordsUpkeep : IProgress<long>, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private long _read;

    public WordsUpkeep(WordIndex words, MemoryManager stores, ILogger logger) => Done = Task.Run(() => RunAsync(words, stores, logger));

    public Task Done { get; }

    public long Read => Interlocked.Read(ref _read);

    public void Report(long value) => Interlocked.Exchange(ref _read, value);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Done.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task RunAsync(WordIndex words, MemoryManager stores, ILogger logger)
    {
        using var job = logger.ForJob("rebuild");
        using var lease = await stores.LeaseAsync(_stop.Token);
        await words.EnsureCurrentAsync(lease.Store, $"{lease.Active.Backend.Name}#{lease.Active.Settings.Collection}", this, _stop.Token);
        if (Read > 0) logger.LogInformation("The word index was rebuilt from {Memories} memories", Read);
    }
}
