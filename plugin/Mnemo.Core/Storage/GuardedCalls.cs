using System.Diagnostics;
using System.Security.Cryptography;

namespace Mnemo.Storage;

/// <summary>Runs the calls of one store: a time limit for each attempt, retries of what is transient, one kind of exception.</summary>
internal sealed class GuardedCalls
{
    private static readonly ActivitySource Tracing = new(GuardedStore.ActivitySourceName);

    private readonly string _backend;
    private readonly string _collection;
    private readonly TimeProvider _clock;
    private readonly GuardOptions _options;

    public GuardedCalls(string backend, StoreSettings settings, GuardOptions options)
    {
        _backend = backend;
        _collection = settings.Collection;
        _clock = settings.Clock;
        _options = options;
    }

    /// <summary>One call under its own trace.</summary>
    public async Task<T> TraceAsync<T>(string operation, int rows, bool isLong, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        using var activity = Begin(operation, rows);
        try
        {
            return await AttemptAsync(operation, isLong, call, cancellation);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            throw;
        }
    }

    /// <summary>A trace of its own, for a call that lasts as long as its reader wants.</summary>
    public Activity? Begin(string operation, int rows)
    {
        var activity = Tracing.StartActivity($"store {operation}", ActivityKind.Client);
        activity?.SetTag("mnemo.backend", _backend).SetTag("mnemo.collection", _collection).SetTag("mnemo.rows", rows);
        return activity;
    }

    /// <summary>One call without a trace.</summary>
    public async ValueTask<T> AttemptAsync<T>(string operation, bool isLong, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await OnceAsync(operation, isLong ? _options.LongTimeoutMs : _options.TimeoutMs, call, cancellation);
            }
            catch (MemoryStoreException e) when (e.IsTransient && retry < _options.Retries && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(Pause(retry), _clock, cancellation);
            }
        }
    }

    /// <summary>One attempt: its time limit only asks the call to stop, so that nothing goes on behind the caller's back.</summary>
    private async ValueTask<T> OnceAsync<T>(string operation, int limitMs, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(limitMs), _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return await call(either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || either.IsCancellationRequested)
        {
            if (cancellation.IsCancellationRequested) throw new OperationCanceledException($"The {operation} was cancelled.", e, cancellation);
            throw new MemoryStoreException(_backend, operation, limit.IsCancellationRequested
                ? $"The {_backend} store did not answer {operation} within {limitMs} ms; it is overloaded or away."
                : $"The {_backend} store gave {operation} up by itself.", isTransient: true, e);
        }
        catch (Exception e) when (e is not MemoryStoreException)
        {
            // The inner message may hold anything, so it is kept beside the outer one, never inside.
            throw new MemoryStoreException(_backend, operation, $"The {_backend} store failed to {operation} ({e.GetType().Name}); `doctor` checks the store.", e is TimeoutException, e);
        }
    }

    /// <summary>Doubles each time; between half of it and half more, so that many callers do not come back together.</summary>
    private TimeSpan Pause(int retry)
    {
        const int longestMs = 60_000;
        var jitter = _options.Jitter?.Invoke() ?? RandomNumberGenerator.GetInt32(1000) / 1000d;
        return TimeSpan.FromMilliseconds(Math.Min(longestMs, _options.RetryDelayMs * Math.Pow(2, retry)) * (0.5 + jitter));
    }
}
