using System.Runtime.CompilerServices;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>
/// Wraps every store that is used: the rules common to all backends, written once. It refuses wrong arguments,
/// limits and retries calls, traces them, gives every failure one type, and checks each answer against the scope
/// and the filter once more.
/// </summary>
/// <remarks>
/// A missing scope gets an empty answer. An upsert beyond <see cref="GuardOptions.MaxBatchRows"/> or
/// <see cref="GuardOptions.MaxBatchBytes"/> is refused rather than cut, because a batch is stored whole or not at
/// all; <see cref="GuardOptions.Split"/> makes batches. Reads and deletes by id are cut, so any number may be asked for.
/// A write ends when the store ends it: a store must obey its cancellation, by which time limits reach it too.
/// </remarks>
public sealed class GuardedStore : IMemoryStore
{
    /// <summary>The name under which calls are traced; the traces hold no text.</summary>
    public const string ActivitySourceName = "Mnemo.Storage";

    private readonly IMemoryStore _inner;
    private readonly Backend _backend;
    private readonly StoreArguments _arguments;
    private readonly GuardedCalls _calls;
    private readonly LeakCounter _leaks;
    private int _disposed;

    /// <summary>Wraps a store.</summary>
    public GuardedStore(IMemoryStore inner, Backend backend, StoreSettings settings, GuardOptions options)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        (_inner, _backend, Options, Circuit, _leaks) = (inner, backend, options, new StoreCircuit(settings.Clock), new LeakCounter());
        _arguments = new StoreArguments(backend.Name, settings.Embedding, options);
        _calls = new GuardedCalls(backend.Name, settings, options, Circuit, isInteractive: false);
        Interactive = new GuardedStore(this, settings);
    }

    // The same store under the limits for what a person waits for.
    private GuardedStore(GuardedStore patient, StoreSettings settings)
    {
        (_inner, _backend, Options, Circuit, _leaks, _arguments) = (patient._inner, patient._backend, patient.Options, patient.Circuit, patient._leaks, patient._arguments);
        _calls = new GuardedCalls(_backend.Name, settings, Options, Circuit, isInteractive: true);
        Interactive = this;
    }

    /// <summary>The limits in force.</summary>
    public GuardOptions Options { get; }

    /// <summary>Whether the store answers.</summary>
    public StoreCircuit Circuit { get; }

    /// <summary>The same store for the reads that a person waits for: <see cref="GuardOptions.InteractiveTimeoutMs"/> in all, and a failure at once while it is away.</summary>
    public GuardedStore Interactive { get; }

    /// <summary>How many memories the store answered that the scope does not see or the filter does not pass. Not 0 means a broken backend.</summary>
    public long LeaksStopped => _leaks.Stopped;

    /// <inheritdoc />
    public Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
        => _calls.TraceAsync("prepare", 0, isLong: true, async token => await _inner.PrepareAsync(token), cancellation);

    /// <inheritdoc />
    public async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        var batch = _arguments.Batch(memories);
        if (batch.Count == 0) return;
        await _calls.TraceAsync("upsert", batch.Count, isLong: false, async token =>
        {
            await _inner.UpsertAsync(batch, durability, token);
            return true;
        }, cancellation);
    }

    /// <inheritdoc />
    public async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        if (ids is null) return 0;
        var deleted = 0;
        foreach (var chunk in ids.Distinct().Order().Chunk(Options.MaxBatchRows))
            deleted += await _calls.TraceAsync("delete", chunk.Length, isLong: false, async token => await _inner.DeleteAsync(chunk, token), cancellation);
        return deleted;
    }

    /// <inheritdoc />
    public Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        return _calls.TraceAsync("checkpoint", 0, isLong: true, async token =>
        {
            await _inner.CheckpointAsync(stamp, token);
            return true;
        }, cancellation);
    }

    /// <inheritdoc />
    public Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
        => _calls.TraceAsync("purge", 0, isLong: true, async token => await _inner.PurgeAsync(token), cancellation);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        if (scope is null || ids is null || ids.Count == 0) return [];
        var visible = scope.Visible();
        List<Memory> found = [];
        foreach (var asked in ids.Distinct().Order().Chunk(Options.MaxBatchRows))
        {
            var answer = await _calls.TraceAsync("get", asked.Length, isLong: false, async token => await _inner.GetAsync(scope, asked, consistency, token), cancellation);
            var wanted = asked.ToHashSet();
            found.AddRange(answer.Where(memory => _leaks.Passes(wanted.Contains(memory.Id) && visible.Matches(memory))));
        }

        return found;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        if (scope is null) return [];
        _arguments.Query(query);
        var untranslated = UntranslatedFilter.Of(query.Filter, _backend.Translates);
        var answer = await _calls.TraceAsync("search", query.Top, isLong: false, async token => untranslated is null
            ? await _inner.SearchAsync(scope, query, token)
            : await untranslated.SearchAsync(_inner, scope, query, token), cancellation);
        var passes = MemoryFilter.And(scope.Visible(), query.Filter);
        return [.. answer.Where(match => _leaks.Passes(passes.Matches(match.Memory)) && match.Similarity >= query.LeastSimilarity).Take(query.Top)];
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _arguments.Scan(query);
        using var activity = _calls.Begin("scan", 0);
        var untranslated = UntranslatedFilter.Of(query.Filter, _backend.Translates);
        await using var scan = new GuardedScan(
            (asked, token) => untranslated is null ? _inner.ScanAsync(asked, token) : untranslated.ScanAsync(_inner, asked, token), _calls, _backend.Name, query, cancellation);
        while (await scan.MoveNextAsync())
        {
            // Of a row that cannot be read nobody knows whether it passes.
            if (scan.Current.Memory is not { } memory || _leaks.Passes(query.Filter.Matches(memory))) yield return scan.Current;
        }
    }

    /// <inheritdoc />
    public async Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        _arguments.Filter(filter, "count");
        var untranslated = UntranslatedFilter.Of(filter, _backend.Translates);
        return await _calls.TraceAsync("count", 0, isLong: untranslated is not null, async token => untranslated is null
            ? await _inner.CountAsync(filter, token)
            : await untranslated.CountAsync(_inner, token), cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? _inner.DisposeAsync() : ValueTask.CompletedTask;

    private sealed class LeakCounter
    {
        private long _stopped;

        public long Stopped => Interlocked.Read(ref _stopped);

        public bool Passes(bool isAllowed)
        {
            if (!isAllowed) Interlocked.Increment(ref _stopped);
            return isAllowed;
        }
    }
}
