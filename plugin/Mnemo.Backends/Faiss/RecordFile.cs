using System.IO.Hashing;
using LiteDB;
using LiteDB.Engine;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>How far a collection has come. Written in the same transaction as the records.</summary>
/// <param name="Segment">The segment that is appended to; 0 while there is none.</param>
/// <param name="Rows">How many of its rows are acknowledged.</param>
/// <param name="Deletes">The number of the last tombstone.</param>
/// <param name="IsDirty">Whether the files may hold bytes of something deleted or replaced.</param>
/// <param name="Count">How many records there are.</param>
internal readonly record struct RecordState(int Segment, int Rows, long Deletes, bool IsDirty, long Count)
{
    private long Sum => (long)XxHash3.HashToUInt64(System.Text.Encoding.ASCII.GetBytes($"{Segment} {Rows} {Deletes} {IsDirty} {Count}"));

    public static RecordState Read(BsonDocument document)
    {
        var state = new RecordState(document["segment"].AsInt32, document["rows"].AsInt32, document["deletes"].AsInt64, document["dirty"].AsBoolean, document["count"].AsInt64);
        return state.Sum == document["sum"].AsInt64 ? state : throw new InvalidDataException("The state does not agree with its checksum.");
    }

    public BsonDocument ToDocument() => new()
    {
        ["_id"] = 1, ["segment"] = Segment, ["rows"] = Rows, ["deletes"] = Deletes, ["dirty"] = IsDirty, ["count"] = Count, ["sum"] = Sum,
    };
}

/// <summary>
/// The LiteDB file of a collection. LiteDB 5 breaks under concurrent writers, so one thread writes and nobody reads
/// meanwhile: the caller holds the collection's gate. A transaction is acknowledged after its checkpoint.
/// </summary>
internal sealed class RecordFile : IDisposable
{
    private const string Memories = "memories", Tombstones = "tombstones", StateOnly = "state", StampOnly = "stamp";

    private readonly string _path;
    private RecordLog _log = null!;
    private RecordDataStream _data = null!;
    private LiteEngine _engine = null!;

    private RecordFile(string path) => _path = path;

    /// <summary>Null in a file that was just made, or whose state was lost.</summary>
    public RecordState? StoredState { get; private set; }

    public RecordState State => StoredState ?? default;

    /// <summary>Whose rows these are, as of the last checkpoint; null when there was none.</summary>
    public StoreStamp? Stamp { get; private set; }

    /// <summary>How often the disk was asked to sync.</summary>
    public long Syncs => _log.Syncs + _data.Syncs;

    /// <summary>Why nothing may be written any more; null while all is well.</summary>
    public string? Broken => _data.Broken ?? _log.Broken;

    /// <summary>Opens the file, makes it when it is absent, and repairs it from its log after a crash.</summary>
    public static RecordFile Open(string path)
    {
        var file = new RecordFile(path);
        try
        {
            file.OpenEngine();
            return file;
        }
        catch (Exception e) when (e is InvalidDataException or not (IOException or UnauthorizedAccessException))
        {
            file.Dispose();
            throw Damaged(path, e.GetType().Name, e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static MemoryStoreException Damaged(string path, string problem, Exception? inner = null) =>
        FaissFailure.Of(inner, StoreErrorKind.Damaged, "prepare", "faiss.records.damaged", path, problem);

    public static string LogPath(string path) => Path.ChangeExtension(path, ".log");

    public BsonDocument? Find(long id) => Read(Memories, BsonExpression.Create("_id = @0", id)).FirstOrDefault();

    /// <summary>Those of the records that are there, by id; one query for all is several times faster than one for each.</summary>
    public Dictionary<long, BsonDocument> Find(IReadOnlyCollection<long> ids) => ids.Count == 0
        ? []
        : Read(Memories, BsonExpression.Create("_id IN @0", new BsonArray(ids.Select(i => new BsonValue(i))))).ToDictionary(RecordDocument.IdOf);

    /// <summary>The first records after an id; null = from the start.</summary>
    public List<BsonDocument> After(long? id, int limit) =>
        Read(Memories, id is { } i ? Query.GT("_id", i) : Query.GTE("_id", long.MinValue), limit);

    /// <summary>The ids deleted since a tombstone.</summary>
    public List<long> DeletedAfter(long tombstone) => Read(Tombstones, Query.GT("_id", tombstone)).ConvertAll(d => d["id"].AsInt64);

    /// <summary>
    /// Writes one transaction; durable when it returns. On failure the file is as before, or as after, never between.
    /// The counts of tombstones and records are set by it.
    /// </summary>
    public void Commit(IReadOnlyList<BsonDocument> upserts, IReadOnlyList<long> deletes, RecordState next)
    {
        var deleted = State.Deletes;
        Transact(() =>
        {
            var count = State.Count;
            if (upserts.Count > 0) count += _engine.Upsert(Memories, upserts, BsonAutoId.ObjectId);
            foreach (var id in deletes)
            {
                count -= _engine.Delete(Memories, [id]);
                _engine.Insert(Tombstones, [new BsonDocument { ["_id"] = ++deleted, ["id"] = id }], BsonAutoId.ObjectId);
            }

            return next with { Deletes = Math.Max(deleted, next.Deletes), Count = count };
        });
    }

    /// <summary>Keeps a stamp; durable when it returns.</summary>
    public void SetStamp(StoreStamp stamp)
    {
        Transact(() =>
        {
            _engine.Upsert(StampOnly, [StampDocument.From(stamp)], BsonAutoId.ObjectId);
            return State;
        });
        Stamp = stamp;
    }

    /// <summary>Forgets tombstones that every file has taken in.</summary>
    public void ForgetTombstones(long upTo) => Transact(() =>
    {
        _engine.DeleteMany(Tombstones, Query.LTE("_id", upTo));
        return State;
    });

    public void Dispose()
    {
        CloseEngine();
        _data?.Release();
        _log?.Release();
    }

    /// <summary>LiteDB answers damage with whatever its parser trips over, so every kind of exception means the same.</summary>
    private List<BsonDocument> Read(string collection, BsonExpression where, int limit = int.MaxValue)
    {
        try
        {
            var query = new Query { Limit = limit };
            query.Where.Add(where);
            List<BsonDocument> found = [];
            using var reader = _engine.Query(collection, query);
            while (reader.Read()) found.Add(reader.Current.AsDocument);
            return found;
        }
        catch (Exception e) when (e is not IOException)
        {
            throw Damaged(_path, e.GetType().Name, e);
        }
    }

    private void Transact(Func<RecordState> write)
    {
        if (Broken is { } broken) throw new IOException($"The records cannot be written any more since a sync failed ({broken}); restart, so that the log repairs them.");
        RecordState? next = null;
        try
        {
            if (!_engine.BeginTrans()) throw new InvalidOperationException("A transaction was left open.");
            next = write();
            _engine.Upsert(StateOnly, [next.Value.ToDocument()], BsonAutoId.ObjectId);
            if (!_engine.Commit()) throw new InvalidOperationException("The transaction was lost.");
            Checkpoint();
            StoredState = next;
        }
        catch
        {
            // If the log got to the disk before the data file failed, the transaction stands.
            Reopen();
            if (next is null || StoredState != next) throw;
        }
    }

    /// <summary>LiteDB is not usable after some failures and does not say after which; starting anew is right after all of them.</summary>
    private void Reopen()
    {
        var broken = Broken;
        Dispose();
        OpenEngine();
        _data.Break(broken);
    }

    private void OpenEngine()
    {
        _log = new RecordLog(LogPath(_path));
        _data = new RecordDataStream(_path, _log);
        var isNew = _data.Length == 0;
        _data.IsOpenForWrites = isNew;
        _engine = new LiteEngine(new EngineSettings
        {
            DataStream = _data,
            LogStream = _log,
            Collation = Collation.Binary,
            AutoRebuild = false,
            Upgrade = false,
        });
        if (isNew) _engine.Pragma(Pragmas.CHECKPOINT, 0);
        Repair();
        StoredState = Read(StateOnly, BsonExpression.Create("_id = @0", 1)) is [var state] ? RecordState.Read(state) : null;
        Stamp = Read(StampOnly, BsonExpression.Create("_id = @0", 1)) is [var stamp] ? StampDocument.Read(stamp) : null;
    }

    /// <summary>Brings what the log holds into the data file; on a full disk it stays in the log and is read from there.</summary>
    private void Repair()
    {
        try
        {
            Checkpoint();
        }
        catch (IOException)
        {
            // The next checkpoint tries again.
        }
    }

    private void Checkpoint()
    {
        _data.IsOpenForWrites = true;
        _engine.Checkpoint();
        _data.IsOpenForWrites = false;
    }

    private void CloseEngine()
    {
        try
        {
            _engine?.Dispose();
        }
        catch (Exception e) when (e is LiteException or IOException or InvalidOperationException or AggregateException)
        {
            // What was acknowledged lies in the data file or its log already.
        }
    }
}
