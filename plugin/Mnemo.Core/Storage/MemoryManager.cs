namespace Mnemo.Storage;

/// <summary>Holds the active store. Everyone borrows it by a lease; a swap waits until the leases are back.</summary>
public sealed class MemoryManager(ActiveStore first) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private ActiveStore _active = first;
    private int _leases;
    private TaskCompletionSource? _swapping;
    private TaskCompletionSource? _drained;

    /// <summary>What is active now, for status lines; to use the store, take a lease.</summary>
    public ActiveStore Active
    {
        get
        {
            lock (_gate) return _active;
        }
    }

    /// <summary>Borrows the active store; waits while a swap is under way. Dispose the lease soon.</summary>
    public async ValueTask<StoreLease> LeaseAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_swapping is null)
                {
                    _leases++;
                    return new StoreLease(_active, Return);
                }

                wait = _swapping.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>Makes another store the active one after the last lease came back; returns the former one, still open.</summary>
    /// <exception cref="InvalidOperationException">A swap is under way already.</exception>
    /// <exception cref="OperationCanceledException">The leases did not come back in time; nothing has changed.</exception>
    public async Task<ActiveStore> SwapAsync(ActiveStore next, CancellationToken cancellation)
    {
        Task drained;
        lock (_gate)
        {
            if (_swapping is not null) throw new InvalidOperationException("A swap of the store is under way already.");
            _swapping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_leases == 0) _drained.SetResult();
            drained = _drained.Task;
        }

        try
        {
            await drained.WaitAsync(cancellation);
            lock (_gate)
            {
                var former = _active;
                _active = next;
                return former;
            }
        }
        finally
        {
            TaskCompletionSource waiting;
            lock (_gate)
            {
                waiting = _swapping!;
                _swapping = null;
                _drained = null;
            }

            waiting.SetResult();
        }
    }

    /// <summary>Closes the active store.</summary>
    public async ValueTask DisposeAsync() => await Active.Store.DisposeAsync();

    private void Return()
    {
        lock (_gate)
        {
            if (--_leases == 0) _drained?.TrySetResult();
        }
    }
}

/// <summary>An open store and what it is.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Settings">How it was opened.</param>
/// <param name="Store">The store, guarded.</param>
public sealed record ActiveStore(Backend Backend, StoreSettings Settings, IMemoryStore Store);

/// <summary>A loan of the active store; dispose it to give it back.</summary>
public sealed class StoreLease(ActiveStore active, Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <summary>The store.</summary>
    public IMemoryStore Store => active.Store;

    /// <summary>What it is.</summary>
    public ActiveStore Active => active;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
