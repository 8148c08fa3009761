using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Mnemo.Backends.Rows;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// The one thread that writes to a collection. Upserts that wait together are one transaction with one acknowledgement:
/// rows to the segment, sync, records, checkpoint. The queue is short, so that fast callers wait instead of piling up.
/// </summary>
internal sealed class FaissWriter : IAsyncDisposable
{
    private const int QueueLength = 64;
    private const int GroupRows = 4000;
    private const int DeletesPerTransaction = 2000;
    private const int QuietMs = 2000;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FaissCollection _collection;
    private readonly IndexScheduler _scheduler;
    private readonly Task<(IndexSnapshot Snapshot, ReplayPosition ReplayPosition)> _loading;
    private readonly ITimer _quiet;

    public FaissWriter(FaissCollection collection)
    {
        _collection = collection;
        _scheduler = new IndexScheduler(collection, Post);
        _quiet = collection.Settings.Clock.CreateTimer(_ => Post(() => _scheduler.Consider(isQuiet: true)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loading = OnThreadOfItsOwn(() => RowLoading.Load(collection));
        _ = _loading.ContinueWith(_ => Post(Load), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        new Thread(Run) { Name = "mnemo-faiss-writer", IsBackground = true }.Start();
    }

    /// <summary>Completes when the rows are known and reads can be answered.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>
    /// Queues work and waits for its end. Cancelled before it has begun, it is never done; from then on the task completes
    /// when the work has ended, so that nothing goes on behind the caller's back.
    /// </summary>
    public async Task<T> RunAsync<T>(Work<T> work, CancellationToken cancellation)
    {
        try
        {
            await _queue.Writer.WriteAsync(work, cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw FaissFailure.Of(e, StoreErrorKind.Misconfigured, "write", "store.closed");
        }

        await using var cancelling = cancellation.UnsafeRegister(static (state, token) => ((Work)state!).TryCancel(token), work);
        return await work.Done;
    }

    /// <summary>Finishes what was queued, writes the index if that pays, and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
        await _quiet.DisposeAsync();
        _scheduler.Dispose();
    }

    private void Post(Action maintenance) => _ = PostAsync(maintenance);

    private async Task PostAsync(Action maintenance)
    {
        try
        {
            await _queue.Writer.WriteAsync(new MaintenanceWork(maintenance));
        }
        catch (ChannelClosedException)
        {
            // The end of the thread does what is left to do.
        }
    }

    private void Run()
    {
        List<Work> group = [];
        while (NextGroup(group))
        {
            try
            {
                Do(group);
            }
            catch (Exception e)
            {
                foreach (var work in group) work.Fail(FaissFailure.OfWrite("write", e));
                if (group is [MaintenanceWork] && _collection.Log.IsEnabled(LogLevel.Warning))
                    _collection.Log.LogWarning("Upkeep of {Directory} failed ({Problem})", _collection.Paths.Directory, e.Message);
            }
        }

        End();
    }

    private void Do(List<Work> group)
    {
        switch (group)
        {
            case [MaintenanceWork maintenance]:
                maintenance.Run();
                return;
            case [DeleteWork delete]:
                Delete(delete);
                break;
            case [CheckpointWork checkpoint]:
                Checkpoint(checkpoint);
                return;
            case [PurgeWork purge]:
                Load();
                new RecordPurge(_collection, _scheduler).Run(purge.Cancellation);
                purge.Complete(0);
                break;
            default:
                Upsert([.. group.Cast<UpsertWork>()]);
                break;
        }

        if (!_loaded.Task.IsCompletedSuccessfully) return;
        _scheduler.Consider(isQuiet: false);
        _quiet.Change(TimeSpan.FromMilliseconds(QuietMs), Timeout.InfiniteTimeSpan);
    }

    /// <summary>All upserts that wait at the head of the queue, or one piece of other work.</summary>
    private bool NextGroup(List<Work> group)
    {
        group.Clear();
        var rows = 0;
        while (true)
        {
            if (!_queue.Reader.TryPeek(out var next))
            {
                if (group.Count > 0) return true;
                if (!_queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()) return false;
                continue;
            }

            if (group.Count > 0 && (next is not UpsertWork || rows >= GroupRows)) return true;
            _queue.Reader.TryRead(out _);
            if (!next.TryBegin()) continue;
            group.Add(next);
            if (next is not UpsertWork upsert) return true;
            rows += upsert.Memories.Count;
        }
    }

    private void Upsert(IReadOnlyList<UpsertWork> group)
    {
        var last = new Dictionary<long, (UpsertWork Work, int Index)>();
        foreach (var work in group)
        {
            for (var i = 0; i < work.Memories.Count; i++) last[work.Memories[i].Id.Value] = (work, i);
        }

        var memories = last.Values.Select(l => l.Work.Memories[l.Index]).ToList();
        var documents = last.Values.Select(l => l.Work.Documents[l.Index]).ToList();
        if (memories.Count > 0) Write(memories, documents, group.Sum(w => w.Bytes));
        foreach (var work in group) work.Complete(work.Memories.Count);
    }

    private void Write(List<Memory> memories, List<LiteDB.BsonDocument> documents, long recordBytes)
    {
        var isLoaded = _loaded.Task.IsCompletedSuccessfully;
        var records = _collection.Records;
        var vectorBytes = 4L * _collection.Embedding.Dimension * memories.Count;
        FreeSpace.Require(_collection.Paths.Directory, vectorBytes + (4 * recordBytes));
        var isReplacing = memories.Exists(m => isLoaded ? _collection.Rows.Find(m.Id.Value) >= 0 : records.Find(m.Id.Value) is not null);
        var first = _collection.Segments.Append([.. memories.Select(m => m.Id.Value)], [.. memories.Select(m => m.Vector)]);
        for (var i = 0; i < documents.Count; i++) RecordDocument.Place(documents[i], first with { Row = first.Row + i });
        var next = new RecordState(first.Segment, first.Row + memories.Count, records.State.Deletes, records.State.IsDirty || isReplacing, 0);
        var entries = isLoaded ? memories.ConvertAll(m => (m, Norm: Vectors.ExactScan.InverseNorm(m.Vector.Span))) : [];
        _collection.Gate.EnterWriteLock();
        try
        {
            records.Commit(documents, [], next);
            for (var i = 0; i < entries.Count; i++)
                _collection.Rows.Set(RowEntry.Of(entries[i].m, first with { Row = first.Row + i }, entries[i].Norm, _collection.Rows.Strings));
            _collection.Segments.ReleaseOldViews();
        }
        catch
        {
            _collection.Segments.TakeBack(first);
            throw;
        }
        finally
        {
            _collection.Gate.ExitWriteLock();
        }
    }

    private void Delete(DeleteWork work)
    {
        var deleted = 0;
        foreach (var ids in work.Ids.Select(i => i.Value).Distinct().Chunk(DeletesPerTransaction))
        {
            long[] present = [.. _collection.Records.Find(ids).Keys];
            if (present.Length == 0) continue;
            FreeSpace.Require(_collection.Paths.Directory, 0);
            _collection.Gate.EnterWriteLock();
            try
            {
                _collection.Records.Commit([], present, _collection.Records.State with { IsDirty = true });
                if (_loaded.Task.IsCompletedSuccessfully) Array.ForEach(present, _collection.Rows.Remove);
            }
            finally
            {
                _collection.Gate.ExitWriteLock();
            }

            deleted += present.Length;
        }

        work.Complete(deleted);
    }

    // Every transaction was durable when it was acknowledged, so the stamp covers no row that is not.
    private void Checkpoint(CheckpointWork work)
    {
        _collection.Gate.EnterWriteLock();
        try
        {
            if (_collection.Records.Stamp != work.Stamp) _collection.Records.SetStamp(work.Stamp);
            if (_collection.Manifest.SetId != work.Stamp.SetId)
            {
                var manifest = _collection.Manifest with { SetId = work.Stamp.SetId };
                manifest.Save(_collection.Paths);
                _collection.Manifest = manifest;
            }
        }
        finally
        {
            _collection.Gate.ExitWriteLock();
        }

        work.Complete(0);
    }

    /// <summary>Takes the rows in, with what was written since; runs once, in the writing thread, whoever needs it first.</summary>
    private void Load()
    {
        if (_loaded.Task.IsCompleted)
        {
            _loaded.Task.GetAwaiter().GetResult();
            return;
        }

        try
        {
            var (snapshot, position) = _loading.GetAwaiter().GetResult();
            var state = _collection.Records.State;
            RowLoading.Replay(_collection, snapshot, position, state);
            if (snapshot.Rows.Known != state.Count)
            {
                snapshot.Dispose();
                snapshot = RowLoading.Rebuild(_collection);
            }

            if (snapshot.Rows.Known != state.Count)
                throw RecordFile.Damaged(_collection.Paths.Records(_collection.Manifest.Records), $"it holds {snapshot.Rows.Known} records of {state.Count}");
            _collection.Snapshot = snapshot;
            _loaded.SetResult();
            if (snapshot is { Index: null, Rows.Count: > 0 } && _collection.Manifest.SnapshotNumber > 0) _scheduler.Start();
            else if (snapshot.Index is not null) ReadBesides(snapshot);
        }
        catch (Exception e)
        {
            _loaded.TrySetException(e is MemoryStoreException ? e : FaissFailure.Of(e, StoreErrorKind.Damaged, "prepare", "faiss.rows.unloadable", e.GetType().Name));
            throw;
        }
    }

    /// <summary>Reads the index file once. If it was damaged, searches look into the segments until it is written anew.</summary>
    private void ReadBesides(IndexSnapshot snapshot) => _ = OnThreadOfItsOwn(() =>
    {
        try
        {
            if (snapshot.ReadCodes() is { } codes)
            {
                Post(() => Adopt(snapshot, codes));
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was replaced meanwhile, or it cannot be read: the latter is damage.
        }

        Post(() => Distrust(snapshot));
        return false;
    });

    // On a small machine two long tasks are the whole thread pool, and the first message would wait for them.
    private static Task<T> OnThreadOfItsOwn<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Adopt(IndexSnapshot snapshot, VectorCodes codes)
    {
        if (!ReferenceEquals(snapshot, _collection.Snapshot)) return;
        _collection.Gate.EnterWriteLock();
        _collection.Snapshot = snapshot with { Codes = codes };
        _collection.Gate.ExitWriteLock();
        if (_collection.Log.IsEnabled(LogLevel.Debug))
            _collection.Log.LogDebug("The index of {Directory} was read and is intact", _collection.Paths.Directory);
    }

    private void Distrust(IndexSnapshot snapshot)
    {
        if (!ReferenceEquals(snapshot, _collection.Snapshot)) return;
        if (_collection.Log.IsEnabled(LogLevel.Warning))
            _collection.Log.LogWarning("The index of {Directory} does not agree with its checksum and is rebuilt from the segments", _collection.Paths.Directory);
        _collection.Gate.EnterWriteLock();
        snapshot.Rows.Indexed = 0;
        _collection.Gate.ExitWriteLock();
        _scheduler.Start();
    }

    private void End()
    {
        try
        {
            Load();
            _scheduler.Finish();
        }
        catch (Exception e)
        {
            if (_collection.Log.IsEnabled(LogLevel.Warning))
                _collection.Log.LogWarning("The index of {Directory} was not written at the end ({Problem}); the next start does without it", _collection.Paths.Directory, e.Message);
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
