using System.Diagnostics;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Mnemo.Storage;

/// <summary>Runs the calls of one store: a time limit for each attempt, retries of what is transient, one kind of exception.</summary>
internal sealed class GuardedCalls
{
    private static readonly ActivitySource Tracing = new(GuardedStore.ActivitySourceName);

    private readonly string _backend;
    private readonly string _collection;
    private readonly GuardOptions _options;
    private readonly ResiliencePipeline _short;
    private readonly ResiliencePipeline _long;

    public GuardedCalls(string backend, StoreSettings settings, GuardOptions options)
    {
        _backend = backend;
        _collection = settings.Collection;
        _options = options;
        _short = Pipeline(settings.Clock, options.TimeoutMs);
        _long = Pipeline(settings.Clock, options.LongTimeoutMs);
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
        try
        {
            return await (isLong ? _long : _short).ExecuteAsync(token => OnceAsync(operation, call, token), cancellation);
        }
        catch (TimeoutRejectedException e)
        {
            var limitMs = isLong ? _options.LongTimeoutMs : _options.TimeoutMs;
            throw new MemoryStoreException(_backend, operation, $"The {_backend} store did not answer {operation} within {limitMs} ms; it is overloaded or away.", isTransient: true, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MemoryStoreException(_backend, operation, $"The {_backend} store gave {operation} up by itself.", isTransient: true, e);
        }
    }

    private async ValueTask<T> OnceAsync<T>(string operation, Func<CancellationToken, ValueTask<T>> call, CancellationToken token)
    {
        try
        {
            return await call(token);
        }
        catch (Exception e) when (e is not OperationCanceledException && token.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The {operation} was cancelled.", e, token);
        }
        catch (Exception e) when (e is not (OperationCanceledException or MemoryStoreException))
        {
            // The inner message may hold anything, so it is kept beside the outer one, never inside.
            throw new MemoryStoreException(_backend, operation, $"The {_backend} store failed to {operation} ({e.GetType().Name}); `doctor` checks the store.", e is TimeoutException, e);
        }
    }

    private ResiliencePipeline Pipeline(TimeProvider clock, int timeoutMs)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = clock };
        if (_options.Retries > 0)
        {
            var retry = new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.Retries,
                Delay = TimeSpan.FromMilliseconds(_options.RetryDelayMs),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception switch
                {
                    MemoryStoreException e => e.IsTransient,
                    TimeoutRejectedException => true,
                    OperationCanceledException => !arguments.Context.CancellationToken.IsCancellationRequested,
                    _ => false,
                }),
            };
            if (_options.Jitter is { } jitter) retry.Randomizer = jitter;
            builder.AddRetry(retry);
        }

        return builder.AddTimeout(TimeSpan.FromMilliseconds(timeoutMs)).Build();
    }
}
