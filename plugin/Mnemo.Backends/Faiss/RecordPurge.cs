using Mnemo.Backends.Rows;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// Leaves no byte of what was deleted or replaced: the living records move to a new LiteDB file, dead rows of the
/// segments are overwritten, the index is written anew; the manifest exchanges all at once and the old files go.
/// LiteDB's own rebuild is not used, for it fails on large files.
/// </summary>
internal sealed class RecordPurge(FaissCollection collection, IndexScheduler scheduler)
{
    private const int PageRecords = 1000;

    public void Run(CancellationToken cancellation)
    {
        scheduler.Stop();
        // A purge whose last step failed has left the old files behind, and nothing else shows it.
        FaissCollection.RemoveRubbish(collection.Paths, collection.Manifest);
        if (!collection.Records.State.IsDirty) return;
        var former = (Records: collection.Records, Path: collection.Paths.Records(collection.Manifest.Records), SnapshotNumber: collection.Manifest.SnapshotNumber);
        FreeSpace.Require(collection.Paths.Directory, (2 * new FileInfo(former.Path).Length) + (5L * collection.Embedding.Dimension * collection.Rows.Live));
        var manifest = collection.Manifest with
        {
            Records = FaissManifest.RecordsName(collection.Manifest.RecordsNumber + 1),
            SnapshotNumber = collection.Manifest.SnapshotNumber + 1,
        };
        var path = collection.Paths.Records(manifest.Records);
        Delete(path);
        RecordFile? records = null;
        try
        {
            records = Copy(path, cancellation);
            var live = LiveRows.Of(collection.Rows, former.Records.State);
            EraseDeadRows(live);
            var next = scheduler.Write(manifest.SnapshotNumber, live, cancellation);
            manifest = manifest with { IndexHash = next.IndexHash };
            manifest.Save(collection.Paths);
            Exchange(manifest, records, next);
        }
        catch
        {
            if (!ReferenceEquals(collection.Records, records))
            {
                records?.Dispose();
                Delete(path);
            }

            throw;
        }

        former.Records.Dispose();
        Delete(former.Path);
        if (former.SnapshotNumber > 0) Directory.Delete(collection.Paths.Snapshot(former.SnapshotNumber), recursive: true);
        Vectors.DurableFile.FlushDirectory(collection.Paths.Directory);
    }

    private void Exchange(FaissManifest manifest, RecordFile records, IndexSnapshot next)
    {
        collection.Gate.EnterWriteLock();
        try
        {
            next.Rows.Unreadable.UnionWith(collection.Rows.Unreadable);
            collection.Snapshot.Dispose();
            (collection.Manifest, collection.Records, collection.Snapshot) = (manifest, records, next);
            collection.Segments.ReleaseOldViews();
        }
        finally
        {
            collection.Gate.ExitWriteLock();
        }
    }

    private RecordFile Copy(string path, CancellationToken cancellation)
    {
        var target = RecordFile.Open(path);
        try
        {
            var (count, sums) = (0, 0L);
            foreach (var page in Pages(collection.Records, cancellation))
            {
                (count, sums) = (count + page.Count, sums ^ Mixed(page));
                target.Commit(page, [], collection.Records.State with { IsDirty = true });
            }

            target.Commit([], [], collection.Records.State with { IsDirty = false });
            if (collection.Records.Stamp is { } stamp) target.SetStamp(stamp);
            if (target.State with { IsDirty = true } != collection.Records.State with { IsDirty = true }) throw Differs();
            foreach (var page in Pages(target, cancellation)) (count, sums) = (count - page.Count, sums ^ Mixed(page));
            return (count, sums) == (0, 0L) ? target : throw Differs();
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    private static Storage.MemoryStoreException Differs() =>
        FaissFailure.Damaged("purge", "faiss.purge.differs");

    private static long Mixed(List<LiteDB.BsonDocument> page) => page.Aggregate(0L, (sum, d) => sum ^ RecordDocument.SumOf(d));

    private static IEnumerable<List<LiteDB.BsonDocument>> Pages(RecordFile records, CancellationToken cancellation)
    {
        long? last = null;
        while (records.After(last, PageRecords) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return page;
            last = RecordDocument.IdOf(page[^1]);
        }
    }

    /// <summary>Overwrites every row that no record names, and removes the segments that hold no others.</summary>
    private void EraseDeadRows(LiveRows live)
    {
        var places = live.Entries.Select(e => e.Place).ToHashSet();
        var used = places.Select(p => p.Segment).ToHashSet();
        foreach (var (number, segment) in collection.Segments.Files)
        {
            if (!used.Contains(number) && number != collection.Segments.Current) continue;
            var hasErased = false;
            for (var row = 0; row < segment.Rows; row++)
            {
                if (!places.Contains(new RowPlace(number, row)) && !collection.Rows.Unreadable.Contains(segment.ReadId(row))) hasErased |= segment.Erase(row);
            }

            if (hasErased) segment.Flush();
        }

        collection.Segments.Delete([.. collection.Segments.Files.Keys.Where(n => !used.Contains(n) && n != collection.Segments.Current)]);
    }

    private static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(RecordFile.LogPath(path));
    }
}
