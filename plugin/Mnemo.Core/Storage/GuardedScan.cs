using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>A scan that survives transient failures: it goes on after the last row that came out. It also holds the store to the order, the bounds and the limit that were asked for.</summary>
internal sealed class GuardedScan(
    Func<ScanQuery, CancellationToken, IAsyncEnumerable<ScannedRow>> source, GuardedCalls calls, string backend, ScanQuery query, CancellationToken cancellation)
    : IAsyncDisposable
{
    private MemoryId? _last = query.After;
    private int _rows;
    private CancellationTokenSource? _stop;
    private IAsyncEnumerator<ScannedRow>? _scan;
    private Task<bool>? _moving;

    public ScannedRow Current => _scan!.Current;

    public ValueTask<bool> MoveNextAsync()
    {
        if (query.Limit is { } limit && _rows >= limit) return ValueTask.FromResult(false);
        if (_scan is not null)
        {
            // Most rows are at hand already; they pay for no timer and no retry.
            var moving = _scan.MoveNextAsync();
            if (moving.IsCompletedSuccessfully) return ValueTask.FromResult(moving.Result && Accept());
            _moving = moving.AsTask();
        }

        return calls.AttemptAsync("scan", isLong: false, StepAsync, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scan is not null) await _scan.DisposeAsync();
        _scan = null;
        _stop?.Dispose();
        _stop = null;
    }

    private async ValueTask<bool> StepAsync(CancellationToken attempt)
    {
        if (_scan is null)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _scan = source(query with { After = _last, Limit = query.Limit - _rows }, _stop.Token).GetAsyncEnumerator(_stop.Token);
        }

        try
        {
            await using var link = attempt.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
            var more = _moving is null ? await _scan.MoveNextAsync() : await _moving;
            _moving = null;
            return more && Accept();
        }
        catch
        {
            _moving = null;
            await DisposeAsync();
            throw;
        }
    }

    private bool Accept()
    {
        var id = Current.Id;
        var follows = (query with { After = _last }).Includes(id);
        if (!follows) throw new MemoryStoreException(StoreErrorKind.Damaged, backend, "scan", "store.scan.order", backend);
        _last = id;
        _rows++;
        return true;
    }
}
