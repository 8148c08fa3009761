using System.Runtime.CompilerServices;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>One collection as a directory of files. See <see cref="FaissCollection"/> for what lies in it.</summary>
internal sealed class FaissStore(StoreSettings settings) : IMemoryStore
{
    private const int PageRecords = 256;

    // LiteDB bears a hundred transactions at once, a machine far fewer.
    private const int ReadersAtOnce = 16;
    private readonly SemaphoreSlim _preparing = new(1);
    private readonly SemaphoreSlim _reading = new(ReadersAtOnce);
    private FaissCollection? _collection;
    private FaissWriter? _writer;
    private bool _closed;

    public async Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
    {
        await _preparing.WaitAsync(cancellation);
        try
        {
            if (_closed) throw Closed("prepare");
            if (_writer is null)
            {
                _collection = await Task.Run(Open, cancellation);
                _writer = new FaissWriter(_collection);
            }

            return _collection!.Records.Stamp;
        }
        finally
        {
            _preparing.Release();
        }
    }

    public async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memories);
        cancellation.ThrowIfCancellationRequested();
        if (memories.Count > 0) await Writer("upsert").RunAsync(new UpsertWork(memories, settings.Embedding), cancellation);
    }

    public async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        cancellation.ThrowIfCancellationRequested();
        return ids.Count == 0 ? 0 : await Writer("delete").RunAsync(new DeleteWork(ids), cancellation);
    }

    public async Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        await Writer("checkpoint").RunAsync(new CheckpointWork(stamp), cancellation);
    }

    public async Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
    {
        await Writer("purge").RunAsync(new PurgeWork(cancellation), cancellation);
        return PurgeReceipt.Purged;
    }

    public Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(ids);
        return ReadAsync<IReadOnlyList<Memory>>("get", collection =>
        {
            var visible = scope.Visible();
            List<Memory> found = [];
            foreach (var page in ids.Select(i => i.Value).Distinct().Order().Chunk(PageRecords))
            {
                cancellation.ThrowIfCancellationRequested();
                found.AddRange(collection.ReadWhole(page).Where(visible.Matches));
            }

            return found;
        }, cancellation);
    }

    public Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(query);
        if (query.Vector.Length != settings.Embedding.Dimension)
            throw FaissFailure.Of(null, StoreErrorKind.Refused, "search", "record.dimension", "?", query.Vector.Length, settings.Embedding.Dimension, settings.Embedding);
        return ReadAsync("search", collection => new RowSearch(collection).Nearest(scope, query, cancellation), cancellation);
    }

    public async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var ids = await ReadAsync("scan", collection => new RowSearch(collection).Ids(query, cancellation), cancellation);
        foreach (var page in ids.Chunk(PageRecords))
        {
            // What was changed since the ids were found is judged again; of what cannot be read nobody knows whether it passes.
            var rows = await ReadAsync("scan", collection => collection.Read(page, query.WithVectors).Where(r => r.Memory is not { } m || query.Filter.Matches(m)).ToList(), cancellation);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return row;
            }
        }
    }

    public Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ReadAsync("count", collection => new RowSearch(collection).Count(filter, cancellation), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _preparing.WaitAsync();
        try
        {
            if (_closed) return;
            _closed = true;
            if (_writer is null || _collection is null) return;
            await _writer.DisposeAsync();
            Close(_collection);
        }
        finally
        {
            _preparing.Release();
        }
    }

    private static void Close(FaissCollection collection)
    {
        collection.Gate.EnterWriteLock();
        try
        {
            collection.Dispose();
        }
        finally
        {
            collection.Gate.ExitWriteLock();
        }
    }

    private FaissCollection Open()
    {
        try
        {
            return FaissCollection.Open(settings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FaissFailure.Of(e, e is UnauthorizedAccessException ? StoreErrorKind.Misconfigured : StoreFailure.KindOf(e), "prepare", "faiss.cannotopen", settings.Collection, settings.DataDirectory);
        }
    }

    /// <summary>Runs a read on a pool thread, apart from the writer; LiteDB's reads are bound to the thread that starts them.</summary>
    private async Task<T> ReadAsync<T>(string operation, Func<FaissCollection, T> read, CancellationToken cancellation)
    {
        await Writer(operation).Loaded.WaitAsync(cancellation);
        await _reading.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Read(operation, _collection!, read), cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    private static T Read<T>(string operation, FaissCollection collection, Func<FaissCollection, T> read)
    {
        collection.Gate.EnterReadLock();
        try
        {
            return collection.IsDisposed ? throw Closed(operation) : read(collection);
        }
        catch (IOException e)
        {
            throw FaissFailure.OfRead(operation, e);
        }
        finally
        {
            collection.Gate.ExitReadLock();
        }
    }

    private FaissWriter Writer(string operation)
    {
        if (_closed) throw Closed(operation);
        return _writer ?? throw FaissFailure.Misconfigured(operation, "store.notprepared");
    }

    private static MemoryStoreException Closed(string operation) => FaissFailure.Misconfigured(operation, "store.closed");
}
