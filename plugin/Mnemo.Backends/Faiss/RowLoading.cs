using Microsoft.Extensions.Logging;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>Brings the directory of rows up to the records after opening. Runs in the writing thread, but for the reading of files.</summary>
internal static class RowLoading
{
    private const int PageRecords = 1000;

    /// <summary>The generation as it lies on the disk; null with a line in the log when it must be rebuilt.</summary>
    public static IndexGeneration? FromDisk(FaissCollection collection)
    {
        if (collection.Manifest.Generation == 0) return IndexGeneration.Fresh();
        string? problem;
        IndexGeneration? loaded = null;
        try
        {
            loaded = IndexGeneration.Load(collection.Paths, collection.Manifest, out problem);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        if (problem is not null && collection.Log.IsEnabled(LogLevel.Warning))
            collection.Log.LogWarning("The index of {Directory} is missing or damaged ({Problem}) and is rebuilt from the segments and records", collection.Paths.Directory, problem);
        return loaded;
    }

    /// <summary>Applies what was written after the generation: rows appended to the segments, and tombstones.</summary>
    public static void Replay(FaissCollection collection, IndexGeneration generation)
    {
        var state = collection.Records.State;
        HashSet<long> touched = [.. collection.Records.DeletedAfter(generation.Covered.Deletes)];
        foreach (var (number, segment) in collection.Segments.Files)
        {
            if (number < generation.Covered.Segment) continue;
            var until = number == state.Segment ? Math.Min(state.Rows, segment.Rows) : segment.Rows;
            for (var row = number == generation.Covered.Segment ? generation.Covered.Rows : 0; row < until; row++) touched.Add(segment.ReadId(row));
        }

        var entries = new List<RowEntry>();
        foreach (var id in touched)
        {
            if (collection.Records.Find(id) is { } document) entries.Add(Entry(collection, document, generation.Rows.Strings));
            else generation.Rows.Remove(id);
        }

        foreach (var entry in entries.OrderBy(e => e.Place.Segment).ThenBy(e => e.Place.Row))
        {
            var known = generation.Rows.Find(entry.Id);
            if (known < 0 || generation.Rows.Places[known] != entry.Place) generation.Rows.Set(entry);
        }
    }

    /// <summary>Makes the directory anew from all records.</summary>
    public static IndexGeneration Rebuild(FaissCollection collection)
    {
        var entries = new List<RowEntry>();
        var strings = new StringTable();
        long? last = null;
        while (collection.Records.After(last, PageRecords) is { Count: > 0 } page)
        {
            foreach (var document in page) entries.Add(Entry(collection, document, strings));
            last = RecordDocument.IdOf(page[^1]);
        }

        var rows = new RowDirectory(strings, entries.Count);
        foreach (var entry in entries.OrderBy(e => e.Place.Segment).ThenBy(e => e.Place.Row)) rows.Set(entry);
        if (rows.Count == collection.Records.State.Count) return IndexGeneration.None with { Rows = rows };
        throw RecordFile.Damaged(collection.Paths.Records(collection.Manifest.Records), $"it holds {rows.Count} records of {collection.Records.State.Count}");
    }

    private static RowEntry Entry(FaissCollection collection, LiteDB.BsonDocument document, StringTable strings)
    {
        var memory = RecordDocument.Read(document, collection.Embedding);
        var place = RecordDocument.PlaceOf(document);
        var vector = new float[collection.Embedding.Dimension];
        if (collection.Segments[place.Segment].Read(place.Row, vector) != memory.Id.Value)
            throw new SegmentFormatException(collection.Paths.Segment(place.Segment), $"row {place.Row} holds another vector than its record says");
        return RowEntry.Of(memory, place, ExactScan.InverseNorm(vector), strings);
    }
}
