using LiteDB;
using LiteDB.Engine;

namespace Mnemo.Backends.Faiss;

/// <summary>How far a collection has come. Written in the same transaction as the records.</summary>
/// <param name="Segment">The segment that is appended to; 0 while there is none.</param>
/// <param name="Rows">How many of its rows are acknowledged.</param>
/// <param name="Deletes">The number of the last tombstone.</param>
/// <param name="IsDirty">Whether the files may hold bytes of something deleted or replaced.</param>
internal readonly record struct RecordState(int Segment, int Rows, long Deletes, bool IsDirty);

/// <summary>
/// The LiteDB file of a collection. LiteDB 5 breaks under concurrent writers, so one thread writes and nobody reads
/// meanwhile: the caller holds the collection's gate. A transaction is acknowledged after its checkpoint.
/// </summary>
internal sealed class RecordFile : IDisposable
{
    private readonly string _path;
    private RecordLog _log = null!;
    private RecordDataStream _data = null!;
    private LiteDatabase _database = null!;
    private ILiteCollection<BsonDocument> _memories = null!;
    private ILiteCollection<BsonDocument> _tombstones = null!;
    private ILiteCollection<BsonDocument> _state = null!;

    private RecordFile(string path) => _path = path;

    public RecordState State { get; private set; }

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
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
        {
            file.Dispose();

            // LiteDB answers damage with whatever its parser trips over, so every kind of exception means the same.
            throw Failures.Final("prepare", $"The records file '{path}' is damaged ({e.GetType().Name}). Nothing was changed; restore the directory from a backup.", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static string LogPath(string path) => Path.ChangeExtension(path, ".log");

    public BsonDocument? Find(long id) => _memories.FindById(id);

    /// <summary>The records between two ids, both included, ascending.</summary>
    public List<BsonDocument> Between(long first, long last) => [.. _memories.Find(LiteDB.Query.Between("_id", first, last))];

    /// <summary>The first records after an id; null = from the start.</summary>
    public List<BsonDocument> After(long? id, int limit)
    {
        var from = id is { } i ? LiteDB.Query.GT("_id", i) : LiteDB.Query.GTE("_id", long.MinValue);
        return [.. _memories.Find(from, 0, limit)];
    }

    /// <summary>The ids deleted since a tombstone.</summary>
    public List<long> DeletedAfter(long tombstone) => [.. _tombstones.Find(LiteDB.Query.GT("_id", tombstone)).Select(d => d["id"].AsInt64)];

    public int Count() => _memories.Count();

    /// <summary>Writes one transaction; durable when it returns. On failure the file is as before, or as after, never between.</summary>
    public void Commit(IReadOnlyList<BsonDocument> upserts, IReadOnlyList<long> deletes, RecordState next)
    {
        var deleted = next.Deletes;
        Transact(() =>
        {
            if (upserts.Count > 0) _memories.Upsert(upserts);
            foreach (var id in deletes)
            {
                _memories.Delete(id);
                _tombstones.Insert(new BsonDocument { ["_id"] = ++deleted, ["id"] = id });
            }
        }, next with { Deletes = next.Deletes + deletes.Count });
    }

    /// <summary>Forgets tombstones that every file has taken in.</summary>
    public void ForgetTombstones(long upTo) => Transact(() => _tombstones.DeleteMany(LiteDB.Query.LTE("_id", upTo)), State);

    public void Dispose()
    {
        CloseEngine();
        _data?.Release();
        _log?.Release();
    }

    private void Transact(Action write, RecordState next)
    {
        if (Broken is { } broken) throw new IOException($"The records cannot be written any more since a sync failed ({broken}); restart, so that the log repairs them.");
        try
        {
            if (!_database.BeginTrans()) throw new InvalidOperationException("A transaction was left open.");
            write();
            _state.Upsert(new BsonDocument { ["_id"] = 1, ["segment"] = next.Segment, ["rows"] = next.Rows, ["deletes"] = next.Deletes, ["dirty"] = next.IsDirty });
            if (!_database.Commit()) throw new InvalidOperationException("The transaction was lost.");
            _database.Checkpoint();
            State = next;
        }
        catch
        {
            // If the log got to the disk before the data file failed, the transaction stands.
            Reopen();
            if (State != next) throw;
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
        var engine = new LiteEngine(new EngineSettings
        {
            DataStream = _data,
            LogStream = _log,
            Collation = Collation.Binary,
            AutoRebuild = false,
            Upgrade = false,
        });
        _database = new LiteDatabase(engine, new BsonMapper(), disposeOnClose: true);
        if (_database.CheckpointSize != 0) _database.CheckpointSize = 0;
        Repair();
        _memories = _database.GetCollection("memories");
        _tombstones = _database.GetCollection("tombstones");
        _state = _database.GetCollection("state");
        State = _state.FindById(1) is { } state
            ? new RecordState(state["segment"].AsInt32, state["rows"].AsInt32, state["deletes"].AsInt64, state["dirty"].AsBoolean)
            : default;
    }

    /// <summary>Brings what the log holds into the data file; on a full disk it stays in the log and is read from there.</summary>
    private void Repair()
    {
        try
        {
            _database.Checkpoint();
        }
        catch (IOException)
        {
            // The next checkpoint tries again.
        }
    }

    private void CloseEngine()
    {
        try
        {
            _database?.Dispose();
        }
        catch (Exception e) when (e is LiteException or IOException or InvalidOperationException or AggregateException)
        {
            // What was acknowledged lies in the data file or its log already.
        }
    }
}
