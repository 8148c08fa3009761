using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>A scan that survives transient failures: it goes on after the last row that came out.</summary>
internal sealed class GuardedScan(IMemoryStore inner, GuardedCalls calls, string backend, MemoryId? after, MemoryFilter filter, CancellationToken cancellation)
    : IAsyncDisposable
{
    private MemoryId? _last = after;
    private CancellationTokenSource? _stop;
    private IAsyncEnumerator<Memory>? _rows;
    private Task<bool>? _moving;

    public Memory Current => _rows!.Current;

    public ValueTask<bool> MoveNextAsync()
    {
        if (_rows is not null)
        {
            // Most rows are at hand already; they pay for no timer and no retry.
            var moving = _rows.MoveNextAsync();
            if (moving.IsCompletedSuccessfully) return ValueTask.FromResult(moving.Result && Accept());
            _moving = moving.AsTask();
        }

        return calls.AttemptAsync("scan", isLong: false, StepAsync, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rows is not null) await _rows.DisposeAsync();
        _rows = null;
        _stop?.Dispose();
        _stop = null;
    }

    private async ValueTask<bool> StepAsync(CancellationToken attempt)
    {
        if (_rows is null)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _rows = inner.ScanAsync(_last, filter, _stop.Token).GetAsyncEnumerator(_stop.Token);
        }

        try
        {
            await using var link = attempt.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
            var more = _moving is null ? await _rows.MoveNextAsync() : await _moving;
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
        if (_last is { } last && id <= last) throw new MemoryStoreException(backend, "scan", $"The {backend} store answered a scan out of order; `doctor` checks the store.");
        _last = id;
        return true;
    }
}
