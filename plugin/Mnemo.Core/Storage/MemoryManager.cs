namespace Mnemo.Storage;

/// <summary>
/// Holds the active store. Readers borrow it by a lease and go on with what they have, whatever becomes of it; writers
/// take turns, one at a time, each with a ticket of the epoch in force. A cut-over waits for its turn like a writer, so
/// it pauses writers and no reader. A store may take long to answer, so it is opened in the background.
/// </summary>
public sealed class MemoryManager : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task<ActiveStore> _opening;
    private LentStore? _current;
    private long _epoch;

    /// <summary>Begins to open the first store; closing the manager cancels that.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="epoch">The epoch in force.</param>
    public MemoryManager(Func<CancellationToken, Task<ActiveStore>> open, long epoch = 1)
    {
        ArgumentNullException.ThrowIfNull(open);
        _epoch = epoch;
        _opening = open(_closing.Token);
    }

    /// <summary>Takes a store that is open.</summary>
    public MemoryManager(ActiveStore first)
        : this(_ => Task.FromResult(first))
    {
    }

    /// <summary>Done when the first store is open; fails with the reason when it cannot be opened, as every lease does then.</summary>
    public Task Opened => _opening;

    /// <summary>What is active, for status lines; waits until it is open. To use the store, take a lease or a turn.</summary>
    public async ValueTask<ActiveStore> ActiveAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        lock (_gate) return Current().Active;
    }

    /// <summary>Borrows the active store for reading; waits until it is open and for nothing else. Dispose the lease soon.</summary>
    public async ValueTask<StoreLease> LeaseAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        lock (_gate) return new StoreLease(Current().Lend());
    }

    /// <summary>Waits for the turn to write. Nobody else writes until the ticket is disposed.</summary>
    public async ValueTask<WriteTicket> BeginWriteAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        await _turn.WaitAsync(cancellation);
        lock (_gate) return new WriteTicket(this, Current().Lend(), _epoch);
    }

    /// <summary>Waits for the turn to write and makes another store the active one; returns the former one, still open.</summary>
    public async Task<RetiredStore> SwapAsync(ActiveStore next, CancellationToken cancellation)
    {
        using var ticket = await BeginWriteAsync(cancellation);
        return ticket.SwapTo(next);
    }

    /// <summary>Closes the active store, or gives up opening it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAny(_opening);
        if (_opening.IsCompletedSuccessfully) await (await ActiveAsync(CancellationToken.None)).Store.DisposeAsync();
        _closing.Dispose();
        _turn.Dispose();
    }

    internal void EndTurn() => _turn.Release();

    internal RetiredStore Swap(ActiveStore next)
    {
        lock (_gate)
        {
            var former = Current();
            _current = new LentStore(next);
            _epoch++;
            return former.Retire();
        }
    }

    private LentStore Current() => _current ??= new LentStore(_opening.Result);
}

/// <summary>An open store and what it is.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Settings">How it was opened.</param>
/// <param name="Store">The store, guarded.</param>
public sealed record ActiveStore(Backend Backend, StoreSettings Settings, IMemoryStore Store)
{
    /// <summary>Whose rows it holds; null for a store that nobody keeps a mark of.</summary>
    public StoreStamp? Stamp { get; init; }

    /// <summary>The set of memories that it holds; empty when unknown.</summary>
    public string SetId => Stamp?.SetId ?? "";

    /// <summary>Its key in the router.</summary>
    public long RouteNumber { get; init; }

    /// <summary>Where it is.</summary>
    public StoreAddress Address { get; init; } = Backend.AddressOf(Settings);

    /// <summary>Which generation of its address.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>Makes the vectors of this set; null when what made them cannot be had, so that words alone answer and new messages wait.</summary>
    public Embedding.SetEmbedder? Embedder { get; init; }

    /// <summary>The store under the limits for what a person waits for.</summary>
    public IMemoryStore Interactive => Store is GuardedStore guarded ? guarded.Interactive : Store;

    /// <summary>Whether the store answers, as far as the last calls have shown.</summary>
    public bool IsAway => Store is GuardedStore { Circuit.IsOpen: true };
}

/// <summary>A loan of the active store for reading; dispose it to give it back.</summary>
public sealed class StoreLease : IDisposable
{
    private LentStore? _lent;

    internal StoreLease(LentStore lent) => (_lent, Active) = (lent, lent.Active);

    /// <summary>What it is.</summary>
    public ActiveStore Active { get; }

    /// <summary>The store.</summary>
    public IMemoryStore Store => Active.Store;

    /// <summary>The store under the limits for what a person waits for.</summary>
    public IMemoryStore Interactive => Active.Interactive;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _lent, null)?.Return();
}

/// <summary>The turn to write; dispose it to let the next one write.</summary>
public sealed class WriteTicket : IDisposable
{
    private readonly LentStore _lent;
    private MemoryManager? _manager;

    internal WriteTicket(MemoryManager manager, LentStore lent, long epoch) => (_manager, _lent, Active, Epoch) = (manager, lent, lent.Active, epoch);

    /// <summary>What is written to.</summary>
    public ActiveStore Active { get; }

    /// <summary>The store.</summary>
    public IMemoryStore Store => Active.Store;

    /// <summary>The epoch of the turn; each cut-over begins a new one.</summary>
    public long Epoch { get; }

    /// <summary>Makes another store the active one, for every turn and lease after this; returns the former one, still open.</summary>
    public RetiredStore SwapTo(ActiveStore next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return (_manager ?? throw new ObjectDisposedException(nameof(WriteTicket))).Swap(next);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _manager, null) is not { } manager) return;
        _lent.Return();
        manager.EndTurn();
    }
}

/// <summary>A store that was the active one.</summary>
/// <param name="Active">What it is; still open.</param>
/// <param name="IsUnused">Completes when the last lease on it came back.</param>
public sealed record RetiredStore(ActiveStore Active, Task IsUnused);

/// <summary>A store with the number of loans that are out.</summary>
internal sealed class LentStore(ActiveStore active)
{
    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _loans;
    private bool _isRetired;

    public ActiveStore Active => active;

    public LentStore Lend()
    {
        lock (_gate) _loans++;
        return this;
    }

    public void Return()
    {
        lock (_gate)
        {
            if (--_loans == 0 && _isRetired) _unused.TrySetResult();
        }
    }

    public RetiredStore Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            if (_loans == 0) _unused.TrySetResult();
        }

        return new RetiredStore(active, _unused.Task);
    }
}
