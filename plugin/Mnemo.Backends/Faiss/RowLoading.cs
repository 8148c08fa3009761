using Microsoft.Extensions.Logging;
using Mnemo.Backends.Rows;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// Makes the directory of rows after opening, beside the writing thread, so that writing need not wait for it. What is
/// written meanwhile is taken in at the end, by <see cref="Replay"/> in the writing thread.
/// </summary>
internal static class RowLoading
{
    private const int PageRecords = 500;

    /// <summary>The rows as of the moment when it was called, or a little later.</summary>
    public static (IndexSnapshot Snapshot, ReplayPosition ReplayPosition) Load(FaissCollection collection)
    {
        var now = Read(collection, () => collection.Records.State);
        if (FromDisk(collection) is not { } snapshot) return (Rebuild(collection), Until(now));
        return (snapshot, Replay(collection, snapshot, snapshot.ReplayPosition, now));
    }

    /// <summary>Applies what was written since a position: rows appended to the segments, and tombstones.</summary>
    /// <returns>The position after it.</returns>
    public static ReplayPosition Replay(FaissCollection collection, IndexSnapshot snapshot, ReplayPosition since, RecordState now)
    {
        HashSet<long> touched = now.Deletes > since.Deletes ? [.. Read(collection, () => collection.Records.DeletedAfter(since.Deletes))] : [];
        foreach (var (number, segment) in collection.Segments.Files.Where(f => f.Key >= since.Segment && f.Key <= now.Segment))
        {
            var until = number == now.Segment ? Math.Min(now.Rows, segment.Rows) : segment.Rows;
            for (var row = number == since.Segment ? since.Rows : 0; row < until; row++) touched.Add(segment.ReadId(row));
        }

        var strings = snapshot.Rows.Strings;
        var entries = new List<RowEntry>();
        foreach (var page in touched.Chunk(PageRecords))
        {
            var found = Read(collection, () => collection.Records.Find(page).ToDictionary(d => d.Key, d => TryEntry(collection, d.Value, strings)));
            entries.AddRange(found.Values.OfType<RowEntry>());
            foreach (var id in page.Where(id => found.GetValueOrDefault(id) is null)) snapshot.Rows.Remove(id);
            snapshot.Rows.Unreadable.UnionWith(found.Where(f => f.Value is null).Select(f => f.Key));
        }

        foreach (var entry in entries.OrderBy(e => e.Place.Segment).ThenBy(e => e.Place.Row))
        {
            var known = snapshot.Rows.Find(entry.Id);
            if (known < 0 || snapshot.Rows.Places[known] != entry.Place) snapshot.Rows.Set(entry);
        }

        return Until(now);
    }

    /// <summary>Makes the directory anew from all records. One that cannot be read, or whose vector cannot, is kept in mind as such.</summary>
    public static IndexSnapshot Rebuild(FaissCollection collection)
    {
        var entries = new List<RowEntry>();
        var unreadable = new List<long>();
        var strings = new StringTable();
        for (long? last = null; ;)
        {
            var page = Read(collection, () => collection.Records.After(last, PageRecords).ConvertAll(d => (Id: RecordDocument.IdOf(d), Entry: TryEntry(collection, d, strings))));
            if (page.Count == 0) break;
            entries.AddRange(page.Select(row => row.Entry).OfType<RowEntry>());
            unreadable.AddRange(page.Where(row => row.Entry is null).Select(row => row.Id));
            last = page[^1].Id;
        }

        var rows = new RowDirectory(strings, entries.Count);
        foreach (var entry in entries.OrderBy(e => e.Place.Segment).ThenBy(e => e.Place.Row)) rows.Set(entry);
        rows.Unreadable.UnionWith(unreadable);
        return IndexSnapshot.None with { Rows = rows };
    }

    /// <summary>The snapshot as it lies on the disk; null with a line in the log when it must be rebuilt.</summary>
    private static IndexSnapshot? FromDisk(FaissCollection collection)
    {
        if (collection.Manifest.SnapshotNumber == 0) return IndexSnapshot.Fresh();
        string? problem;
        IndexSnapshot? loaded = null;
        try
        {
            loaded = IndexSnapshot.Load(collection.Paths, collection.Manifest, out problem);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        if (problem is not null && collection.Log.IsEnabled(LogLevel.Warning))
            collection.Log.LogWarning("The index of {Directory} is missing or damaged ({Problem}) and is rebuilt from the segments and records", collection.Paths.Directory, problem);
        return loaded;
    }

    private static ReplayPosition Until(RecordState state) => new(state.Segment, state.Rows, state.Deletes);

    private static T Read<T>(FaissCollection collection, Func<T> read)
    {
        collection.Gate.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            collection.Gate.ExitReadLock();
        }
    }

    private static RowEntry? TryEntry(FaissCollection collection, LiteDB.BsonDocument document, StringTable strings)
    {
        if (RecordDocument.TryRead(document, collection.Embedding) is not { } memory) return null;
        var place = RecordDocument.PlaceOf(document);
        var vector = new float[collection.Embedding.Dimension];
        try
        {
            return collection.Segments[place.Segment].Read(place.Row, vector) == memory.Id.Value ? RowEntry.Of(memory, place, ExactScan.InverseNorm(vector), strings) : null;
        }
        catch (SegmentFormatException)
        {
            return null;
        }
    }
}
