namespace Mnemo.Storage;

/// <summary>
/// Holds the active store. Everyone borrows it by a lease; a swap waits until the leases are back. A store may take
/// long to answer, so it is opened in the background, and whoever wants it waits.
/// </summary>
public sealed class MemoryManager : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task<ActiveStore> _opening;
    private ActiveStore? _swappedIn;
    private int _leases;
    private TaskCompletionSource? _swapping;
    private TaskCompletionSource? _drained;

    /// <summary>Begins to open the first store; closing the manager cancels that.</summary>
    public MemoryManager(Func<CancellationToken, Task<ActiveStore>> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        _opening = open(_closing.Token);
    }

    /// <summary>Takes a store that is open.</summary>
    public MemoryManager(ActiveStore first)
        : this(_ => Task.FromResult(first))
    {
    }

    /// <summary>Done when the first store is open; fails with the reason when it cannot be opened, as every lease does then.</summary>
    public Task Opened => _opening;

    /// <summary>What is active, for status lines; waits until it is open. To use the store, take a lease.</summary>
    public async ValueTask<ActiveStore> ActiveAsync(CancellationToken cancellation)
    {
        var first = await _opening.WaitAsync(cancellation);
        lock (_gate) return _swappedIn ?? first;
    }

    /// <summary>Borrows the active store; waits while it is being opened or swapped. Dispose the lease soon.</summary>
    public async ValueTask<StoreLease> LeaseAsync(CancellationToken cancellation)
    {
        var first = await _opening.WaitAsync(cancellation);
        while (true)
        {
            Task wait;
            lock (_gate)
            {
                if (_swapping is null)
                {
                    _leases++;
                    return new StoreLease(_swappedIn ?? first, Return);
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
        var first = await _opening.WaitAsync(cancellation);
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
                var former = _swappedIn ?? first;
                _swappedIn = next;
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

    /// <summary>Closes the active store, or gives up opening it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAny(_opening);
        if (_opening.IsCompletedSuccessfully) await (await ActiveAsync(CancellationToken.None)).Store.DisposeAsync();
        _closing.Dispose();
    }

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
