using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Indexing;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Brings the text index up to the store in the background, so that neither a rebuild nor a store that is away for a
/// moment holds up the start; and again when its file is found damaged later and made anew.
/// </summary>
internal sealed class TextIndexUpkeep : IProgress<long>, IAsyncDisposable
{
    private readonly TextIndex _textIndex;
    private readonly MemoryWriter _writer;
    private readonly WriteLog _log;
    private readonly RetryLoop _retries;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;
    private long _read;

    public TextIndexUpkeep(TextIndex textIndex, MemoryWriter writer, WriteLog log, RetryLoop retries, ILogger logger)
    {
        (_textIndex, _writer, _log, _retries, _logger) = (textIndex, writer, log, retries, logger);
        Latest = Done = FillFirstAsync();
        _watching = WatchAsync(textIndex.Emptied);
    }

    /// <summary>Done when the text index is current; fails with what no waiting can mend.</summary>
    public Task Done { get; }

    /// <summary>The same of the last time that it was filled: of the first, or of the last damage.</summary>
    public Task Latest { get; private set; }

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

    private async Task FillFirstAsync()
    {
        await _begin.Task.WaitAsync(_stop.Token);
        await FillAsync();
    }

    private async Task WatchAsync(Task emptied)
    {
        await Done;
        while (true)
        {
            await emptied.WaitAsync(_stop.Token);
            emptied = _textIndex.Emptied;
            Latest = FillAsync();
            try
            {
                await Latest;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                _logger.LogError("The text index could not be filled again ({Problem}); until the next start what was said before is found by vectors alone", e is MemoryStoreException ? e.Message : e.GetType().Name);
            }
        }
    }

    private async Task FillAsync()
    {
        using var job = _logger.ForJob("rebuild");
        var before = Read;
        await _retries.UntilDoneAsync(TryAsync, _stop.Token);
        if (Read != before) _logger.LogInformation("The text index was rebuilt from {Memories} memories", Read);
    }

    private async Task<long> TryAsync(CancellationToken cancellation)
    {
        // Within a turn nothing is being written: what the log has up to here is in the store. The rebuild itself holds nobody up.
        StoreLease lease;
        long settled;
        using (var ticket = await _writer.BeginAsync(cancellation))
        {
            settled = await _writer.SettledAsync(cancellation);
            lease = await _writer.LeaseAsync(cancellation);
        }

        using (lease) await _textIndex.EnsureCurrentAsync(lease.Store, lease.Active.SetId, _log, settled, this, cancellation);
        return _textIndex.Count;
    }
}
