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
        if (FaissPaths.Flaw(settings.Collection) is { } flaw) throw FaissFailure.Final("prepare", $"The collection cannot be opened: {flaw}.");
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

    /// <summary>The records that are there, in the order asked for, with their vectors, both checked. The caller holds the gate.</summary>
    public IEnumerable<Memory> Read(IReadOnlyCollection<long> ids)
    {
        var documents = Records.Find(ids);
        foreach (var id in ids)
        {
            if (documents.TryGetValue(id, out var document)) yield return WithVector(document);
            else if (Rows.Find(id) >= 0) throw FaissFailure.Final("read", $"The record of memory {id} is missing. Nothing was changed; restore the directory from a backup.");
        }
    }

    /// <summary>The record's memory with its vector.</summary>
    public Memory WithVector(LiteDB.BsonDocument document)
    {
        var vector = new float[Embedding.Dimension];
        var place = RecordDocument.PlaceOf(document);
        if (Segments[place.Segment].Read(place.Row, vector) != RecordDocument.IdOf(document))
            throw FaissFailure.Final("read", $"The vector of memory {RecordDocument.IdOf(document)} is not where its record says. Nothing was changed; restore the directory from a backup.");
        return RecordDocument.Read(document, Embedding) with { Vector = vector };
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
        // Another collection_name would not help: a data directory stays with the collection that is active in it.
        var remedy = manifest.Embedding == settings.Embedding with { Dimension = manifest.Embedding.Dimension }
            ? $"Set embedding_dim back to {manifest.Embedding.Dimension}"
            : "Use that embedding again";
        throw FaissFailure.Final("prepare", $"The collection '{settings.Collection}' holds vectors of {manifest.Embedding}, not of {settings.Embedding}. "
            + $"{remedy}, or start with a new data directory (--data), into which `import --reembed` takes an export of this one.");
    }

    private static void RefuseLostRecords(FaissPaths paths, FaissManifest manifest)
    {
        var records = new FileInfo(paths.Records(manifest.Records));
        if (records is { Exists: true, Length: > 0 }) return;
        if (manifest.SnapshotNumber > 0 || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0))
            throw FaissFailure.Final("prepare", $"The records file '{records.FullName}' is missing or empty. Nothing was changed; restore the directory from a backup.");
    }

    /// <summary>The first state of a new collection. Where vectors are already, its absence is damage.</summary>
    private static void Begin(FaissPaths paths, FaissManifest manifest, RecordFile records)
    {
        if (manifest.SnapshotNumber > 0 || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0))
            throw RecordFile.Damaged(paths.Records(manifest.Records), "its state is missing");
        records.Commit([], [], default);
    }
}
