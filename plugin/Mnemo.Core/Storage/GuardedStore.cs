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
/// A call ends when the store ends it: a store must obey its cancellation, by which time limits reach it too.
/// </remarks>
public sealed class GuardedStore(IMemoryStore inner, Backend backend, StoreSettings settings, GuardOptions options) : IMemoryStore
{
    /// <summary>The name under which calls are traced; the traces hold no text.</summary>
    public const string ActivitySourceName = "Mnemo.Storage";

    private readonly StoreArguments _arguments = new(backend.Name, settings.Embedding, options);
    private readonly GuardedCalls _calls = new(backend.Name, settings, options);
    private long _leaksStopped;
    private int _disposed;

    /// <summary>The limits in force.</summary>
    public GuardOptions Options => options;

    /// <summary>How many memories the store answered that the scope does not see or the filter does not pass. Not 0 means a broken backend.</summary>
    public long LeaksStopped => Interlocked.Read(ref _leaksStopped);

    /// <inheritdoc />
    public Task PrepareAsync(CancellationToken cancellation) => _calls.TraceAsync("prepare", 0, isLong: true, async token =>
    {
        await inner.PrepareAsync(token);
        return true;
    }, cancellation);

    /// <inheritdoc />
    public async Task UpsertAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        var batch = _arguments.Batch(memories);
        if (batch.Count == 0) return;
        await _calls.TraceAsync("upsert", batch.Count, isLong: false, async token =>
        {
            await inner.UpsertAsync(batch, token);
            return true;
        }, cancellation);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        if (scope is null || ids is null || ids.Count == 0) return [];
        var visible = scope.Visible();
        List<Memory> found = [];
        foreach (var asked in ids.Distinct().Order().Chunk(options.MaxBatchRows))
        {
            var answer = await _calls.TraceAsync("get", asked.Length, isLong: false, async token => await inner.GetAsync(scope, asked, token), cancellation);
            var wanted = asked.ToHashSet();
            found.AddRange(answer.Where(memory => Stays(wanted.Contains(memory.Id) && visible.Matches(memory))));
        }

        return found;
    }

    /// <inheritdoc />
    public async Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, Erasure erasure, CancellationToken cancellation)
    {
        if (scope is null || ids is null) return 0;
        if (ids.Count == 0 && erasure == Erasure.Logical) return 0;
        var chunks = ids.Distinct().Chunk(options.MaxBatchRows).ToList();
        if (chunks.Count == 0) chunks.Add([]);
        var deleted = 0;
        for (var i = 0; i < chunks.Count; i++)
        {
            // One purge at the end serves all of them.
            var chunk = chunks[i];
            var how = i == chunks.Count - 1 ? erasure : Erasure.Logical;
            deleted += await _calls.TraceAsync("delete", chunk.Length, how == Erasure.Physical, async token => await inner.DeleteAsync(scope, chunk, how, token), cancellation);
        }

        return deleted;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        if (scope is null) return [];
        _arguments.Query(query);
        var answer = await _calls.TraceAsync("search", query.Top, isLong: false, async token => await inner.SearchAsync(scope, query, token), cancellation);
        var passes = MemoryFilter.And(scope.Visible(), query.Filter);
        return [.. answer.Where(match => Stays(passes.Matches(match.Memory)) && match.Similarity >= query.LeastSimilarity).Take(query.Top)];
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<Memory> ScanAsync(MemoryId? after, MemoryFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _arguments.Filter(filter, "scan");
        using var activity = _calls.Begin("scan", 0);
        await using var scan = new GuardedScan(inner, _calls, backend.Name, after, filter, cancellation);
        while (await scan.MoveNextAsync())
        {
            if (Stays(filter.Matches(scan.Current))) yield return scan.Current;
        }
    }

    /// <inheritdoc />
    public async Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        _arguments.Filter(filter, "count");
        return await _calls.TraceAsync("count", 0, isLong: false, async token => await inner.CountAsync(filter, token), cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? inner.DisposeAsync() : ValueTask.CompletedTask;

    private bool Stays(bool isAllowed)
    {
        if (!isAllowed) Interlocked.Increment(ref _leaksStopped);
        return isAllowed;
    }
}
