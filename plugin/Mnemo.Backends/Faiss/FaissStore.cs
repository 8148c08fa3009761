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

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await _preparing.WaitAsync(cancellation);
        try
        {
            if (_closed) throw Closed("prepare");
            if (_writer is not null) return;
            _collection = await Task.Run(Open, cancellation);
            _writer = new FaissWriter(_collection);
        }
        finally
        {
            _preparing.Release();
        }
    }

    public async Task UpsertAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(memories);
        cancellation.ThrowIfCancellationRequested();
        if (memories.Count == 0) return;
        var work = new UpsertWork(memories, settings.Embedding, cancellation);
        await Writer("upsert").EnqueueAsync(work, cancellation);
        await work.Done.WaitAsync(cancellation);
    }

    public async Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, Erasure erasure, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(ids);
        cancellation.ThrowIfCancellationRequested();
        var work = new DeleteWork(scope, ids, erasure, cancellation);
        await Writer("delete").EnqueueAsync(work, cancellation);
        return await work.Done.WaitAsync(cancellation);
    }

    public Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
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
                found.AddRange(collection.Read(page).Where(visible.Matches));
            }

            return found;
        }, cancellation);
    }

    public Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(query);
        if (query.Vector.Length != settings.Embedding.Dimension)
            throw FaissFailure.Final("search", $"The query's vector has {query.Vector.Length} floats, the collection takes {settings.Embedding}; embed it with that model.");
        return ReadAsync("search", collection => new RowSearch(collection).Nearest(scope, query, cancellation), cancellation);
    }

    public async IAsyncEnumerable<Memory> ScanAsync(MemoryId? after, MemoryFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var ids = await ReadAsync("scan", collection => new RowSearch(collection).Ids(after, filter, cancellation), cancellation);
        foreach (var page in ids.Chunk(PageRecords))
        {
            var memories = await ReadAsync("scan", collection => collection.Read(page).Where(filter.Matches).ToList(), cancellation);
            foreach (var memory in memories)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return memory;
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
            throw FaissFailure.Final("prepare", $"The collection '{settings.Collection}' cannot be opened: {e.Message}", e);
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
            throw FaissFailure.Final(operation, $"The files of the collection cannot be read: {FaissFailure.Clause(e)}. Restore the directory from a backup.", e);
        }
        finally
        {
            collection.Gate.ExitReadLock();
        }
    }

    private FaissWriter Writer(string operation)
    {
        if (_closed) throw Closed(operation);
        return _writer ?? throw FaissFailure.Final(operation, "The store is not prepared.");
    }

    private static MemoryStoreException Closed(string operation) => FaissFailure.Final(operation, "The store is closed.");
}
