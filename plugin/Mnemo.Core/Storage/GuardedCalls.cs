using System.Diagnostics;
using System.Security.Cryptography;

namespace Mnemo.Storage;

/// <summary>Runs the calls of one store: a time limit for each attempt, retries of what is transient, one kind of exception.</summary>
internal sealed class GuardedCalls(string backend, StoreSettings settings, GuardOptions options, StoreCircuit circuit, bool isInteractive)
{
    private static readonly ActivitySource Tracing = new(GuardedStore.ActivitySourceName);

    private readonly TimeProvider _clock = settings.Clock;

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
        activity?.SetTag("mnemo.backend", backend).SetTag("mnemo.collection", settings.Collection).SetTag("mnemo.rows", rows);
        return activity;
    }

    /// <summary>One call without a trace.</summary>
    public ValueTask<T> AttemptAsync<T>(string operation, bool isLong, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation) => isInteractive
        ? WithinAsync(operation, call, cancellation)
        : RetryAsync(operation, isLong ? options.LongTimeoutMs : options.TimeoutMs, options.Retries, call, cancellation);

    /// <summary>What a person waits for: one limit for all attempts, kept also by a store that does not obey it, and none at all while the store is away.</summary>
    private async ValueTask<T> WithinAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        if (!circuit.Admits()) throw Away(operation, null);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.InteractiveTimeoutMs), _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await RetryAsync(operation, options.InteractiveTimeoutMs, options.InteractiveRetries, async token => await call(token).AsTask().WaitAsync(token), either.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            circuit.Failed();
            throw Away(operation, e);
        }
    }

    private async ValueTask<T> RetryAsync<T>(string operation, int limitMs, int retries, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        for (var retry = 0; ; retry++)
        {
            try
            {
                var answer = await OnceAsync(operation, limitMs, call, cancellation);
                circuit.Answered();
                return answer;
            }
            catch (MemoryStoreException e) when (e.IsTransient && retry < retries && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(Pause(retry), _clock, cancellation);
            }
            catch (MemoryStoreException e) when (e.Kind == StoreErrorKind.Unavailable && IsRead(operation))
            {
                circuit.Failed();
                throw;
            }
        }
    }

    private static bool IsRead(string operation) => operation is "get" or "search" or "scan" or "count" or "prepare";

    /// <summary>One attempt. Its time limit, and the caller's cancellation, ask the call to stop; a write that has begun ends before it does.</summary>
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
            throw limit.IsCancellationRequested
                ? new MemoryStoreException(e, StoreErrorKind.Unavailable, backend, operation, "store.timeout", backend, operation, limitMs)
                : new MemoryStoreException(e, StoreErrorKind.Unavailable, backend, operation, "store.gaveup", backend, operation);
        }
        catch (Exception e) when (e is not MemoryStoreException)
        {
            throw StoreFailure.Of(e, backend, operation);
        }
    }

    private MemoryStoreException Away(string operation, Exception? inner) => new(inner, StoreErrorKind.Unavailable, backend, operation, "store.away", backend);

    /// <summary>Doubles each time; between half of it and half more, so that many callers do not come back together.</summary>
    private TimeSpan Pause(int retry)
    {
        const int longestMs = 60_000;
        var jitter = options.Jitter?.Invoke() ?? RandomNumberGenerator.GetInt32(1000) / 1000d;
        return TimeSpan.FromMilliseconds(Math.Min(longestMs, options.RetryDelayMs * Math.Pow(2, retry)) * (0.5 + jitter));
    }
}
