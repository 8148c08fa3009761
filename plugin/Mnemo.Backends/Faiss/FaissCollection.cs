using Microsoft.Extensions.Logging;
using Mnemo.Backends.Rows;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// The open files of a collection and what is known of their rows. <see cref="Gate"/> keeps readers and the one writer
/// apart: readers hold it for a call or a page, the writer while a transaction runs or files are exchanged.
/// </summary>
internal sealed class FaissCollection : IDisposable
{
    private readonly IDisposable _lock;

    private FaissCollection(StoreSettings settings, FaissPaths paths, IDisposable @lock, FaissManifest manifest, RecordFile records, SegmentSet segments)
    {
        (Settings, Paths, _lock, Manifest, Records, Segments) = (settings, paths, @lock, manifest, records, segments);
        Metric = settings.Option(FaissBackend.IndexType) == FaissBackend.FlatInnerProduct ? VectorMetric.InnerProduct : VectorMetric.L2;
    }

    public StoreSettings Settings { get; }

    public ILogger Log => Settings.Log;

    public FaissPaths Paths { get; }

    public VectorMetric Metric { get; }

    public EmbeddingFingerprint Embedding => Settings.Embedding;

    public ReaderWriterLockSlim Gate { get; } = new();

    public FaissManifest Manifest { get; set; }

    public RecordFile Records { get; set; }

    public SegmentSet Segments { get; }

    /// <summary>The index and the rows, newer ones included.</summary>
    public IndexSnapshot Snapshot { get; set; } = IndexSnapshot.Fresh();

    public bool IsDisposed { get; private set; }

    public RowDirectory Rows => Snapshot.Rows;

    /// <summary>Opens or makes the collection; searching needs a snapshot besides.</summary>
    public static FaissCollection Open(StoreSettings settings)
    {
        if (FaissPaths.Flaw(settings.Collection) is { } flaw) throw FaissFailure.Misconfigured("prepare", "faiss.name", flaw);
        var paths = new FaissPaths(settings);
        FaissCollections.RefuseForeign(paths);
        if (Directory.Exists(paths.Root) && FaissCollections.HoldsAncestor(paths.Root) && settings.Log.IsEnabled(LogLevel.Warning))
            settings.Log.LogWarning("{Directory} holds the faiss_data of an ancestor (index.faiss, metadata.pkl); it is left untouched and is not read", paths.Root);
        Directory.CreateDirectory(paths.Directory);
        var taken = FaissCollections.Acquire(paths, "prepare");
        RecordFile? records = null;
        try
        {
            var manifest = ManifestOf(settings, paths);
            RefuseLostRecords(paths, manifest);
            RemoveRubbish(paths, manifest);
            records = RecordFile.Open(paths.Records(manifest.Records));
            if (records.StoredState is null) Begin(paths, manifest, records);
            return new FaissCollection(settings, paths, taken, manifest, records, SegmentSet.Open(paths.Segments, settings.Embedding.Dimension, records.State.Segment, records.State.Rows));
        }
        catch
        {
            records?.Dispose();
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The records that are there, in the order asked for, each checked; what cannot be read comes as such. The caller holds the gate.</summary>
    public IEnumerable<ScannedRow> Read(IReadOnlyCollection<long> ids, bool withVectors = true)
    {
        var documents = Records.Find(ids);
        foreach (var id in ids)
        {
            if (documents.TryGetValue(id, out var document)) yield return Read(document, withVectors);
            else if (Rows.Find(id) >= 0) yield return new ScannedRow(new MemoryId(id), null, "row.missing");
        }
    }

    /// <summary>Those of the records that are whole. One that is not is no answer to anybody; a scan names it.</summary>
    public IEnumerable<Memory> ReadWhole(IReadOnlyCollection<long> ids)
    {
        foreach (var row in Read(ids))
        {
            if (row is { IsWhole: true, Memory: { } memory }) yield return memory;
            else if (Log.IsEnabled(LogLevel.Warning)) Log.LogWarning("Memory {Id} in {Directory} is damaged and is left out of an answer; `doctor` names it", row.Id, Paths.Directory);
        }
    }

    private ScannedRow Read(LiteDB.BsonDocument document, bool withVectors)
    {
        var id = new MemoryId(RecordDocument.IdOf(document));
        if (RecordDocument.TryRead(document, Embedding) is not { } memory) return new ScannedRow(id, null, "row.damaged");
        if (!withVectors) return ScannedRow.Of(memory);
        var vector = new float[Embedding.Dimension];
        try
        {
            var place = RecordDocument.PlaceOf(document);
            return Segments[place.Segment].Read(place.Row, vector) == id.Value ? ScannedRow.Of(memory with { Vector = vector }) : new ScannedRow(id, memory, "row.vector.misplaced");
        }
        catch (SegmentFormatException)
        {
            return new ScannedRow(id, memory, "row.vector.damaged");
        }
    }

    /// <summary>Removes the files of the collection that its manifest does not name.</summary>
    public static void RemoveRubbish(FaissPaths paths, FaissManifest manifest)
    {
        foreach (var file in Directory.GetFiles(paths.Directory))
        {
            var name = Path.GetFileName(file);
            var isOtherRecords = name.StartsWith("records-", StringComparison.Ordinal) && Path.ChangeExtension(name, ".db") != manifest.Records;
            if (isOtherRecords || name.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal)) File.Delete(file);
        }

        foreach (var directory in Directory.GetDirectories(paths.Directory, "gen-*"))
        {
            if (directory != paths.Snapshot(manifest.SnapshotNumber)) Directory.Delete(directory, recursive: true);
        }
    }

    public void Dispose()
    {
        Snapshot.Dispose();
        Segments.Dispose();
        Records.Dispose();
        _lock.Dispose();
        IsDisposed = true;
    }

    private static FaissManifest ManifestOf(StoreSettings settings, FaissPaths paths)
    {
        if (!File.Exists(paths.Manifest))
        {
            var first = FaissManifest.First(settings.Embedding);
            first.Save(paths);
            DurableFile.FlushDirectory(paths.Root);
            return first;
        }

        var manifest = FaissManifest.Load(paths);
        if (manifest.Embedding == settings.Embedding) return manifest;
        throw FaissFailure.Misconfigured("prepare", "store.embedding.differs", settings.Collection, manifest.Embedding, settings.Embedding);
    }

    private static void RefuseLostRecords(FaissPaths paths, FaissManifest manifest)
    {
        var records = new FileInfo(paths.Records(manifest.Records));
        if (records is { Exists: true, Length: > 0 }) return;
        if (manifest.SnapshotNumber > 0 || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0))
            throw FaissFailure.Damaged("prepare", "faiss.records.missing", records.FullName);
    }

    /// <summary>The first state of a new collection. Where vectors are already, its absence is damage.</summary>
    private static void Begin(FaissPaths paths, FaissManifest manifest, RecordFile records)
    {
        if (manifest.SnapshotNumber > 0 || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0))
            throw RecordFile.Damaged(paths.Records(manifest.Records), "its state is missing");
        records.Commit([], [], default);
    }
}
