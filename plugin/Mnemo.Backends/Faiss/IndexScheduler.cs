using Microsoft.Extensions.Logging;
using Mnemo.Backends.Rows;

namespace Mnemo.Backends.Faiss;

/// <summary>Writes a new index when enough has changed: beside the writing thread, which only exchanges it in the end.</summary>
internal sealed class IndexScheduler(FaissCollection collection, Action<Action> post) : IDisposable
{
    private const int FewRows = 10_000;
    private const int ManyRows = 50_000;
    private const int CheapToWrite = 20_000;
    private const int CheapToReplay = 2_000;
    private const int CheapShare = 100;
    private CancellationTokenSource _stop = new();
    private Task? _building;
    private bool _isUnderWay;
    private int _round;
    private int _triedAt = -FewRows;

    private RowDirectory Rows => collection.Rows;

    private int Newer => Rows.Count - Rows.Indexed;

    /// <summary>Starts writing when it is time. Waits for quiet, unless very much is new.</summary>
    public void Consider(bool isQuiet)
    {
        var isDue = isQuiet
            ? Newer > Math.Max(FewRows, Rows.Indexed / 4) || Rows.DeadCount > Math.Max(FewRows / 10, Rows.Live / 10)
            : Newer > Math.Max(ManyRows, Rows.Indexed);
        if (isDue && Rows.Count - _triedAt >= FewRows / 10) Start();
    }

    /// <summary>Starts writing now, unless it is being done.</summary>
    public void Start()
    {
        if (_isUnderWay) return;
        _isUnderWay = true;
        _triedAt = Rows.Count;
        var round = _round;
        var live = LiveRows.Of(Rows, collection.Records.State);
        var number = collection.Manifest.SnapshotNumber + 1;
        var stop = _stop.Token;
        _building = Task.Run(() => Build(number, live, round, stop), CancellationToken.None);
    }

    /// <summary>Stops what is under way and waits until its files are let go.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _building?.Wait(CancellationToken.None);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _building = null;
        _isUnderWay = false;
        _round++;
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    /// <summary>At a clean end: the next start shall be fast, but an index is not written for a handful of rows in it.</summary>
    public void Finish()
    {
        Stop();
        var hasChanged = Newer > 0 || Rows.DeadCount > 0 || collection.Snapshot.Index is null;
        if (!hasChanged || (Rows.Count == 0 && collection.Manifest.SnapshotNumber == 0)) return;
        if (collection.Snapshot.Index is not null && Newer + Rows.DeadCount <= (Rows.Live > CheapToWrite ? CheapToReplay : Rows.Live / CheapShare)) return;
        var live = LiveRows.Of(Rows, collection.Records.State);
        Exchange(Write(collection.Manifest.SnapshotNumber + 1, live, CancellationToken.None), live);
    }

    /// <summary>Writes the index of what lives now. The caller exchanges it.</summary>
    public IndexSnapshot Write(int number, LiveRows live, CancellationToken cancellation)
    {
        FreeSpace.Require(collection.Paths.Directory, (4L * collection.Embedding.Dimension * live.Entries.Count) + (100L * live.Entries.Count));
        return IndexSnapshot.Build(collection.Paths, number, collection.Metric, collection.Segments, live, cancellation);
    }

    /// <summary>Makes a written snapshot the current one; what happened since its rows were taken is carried over.</summary>
    public void Exchange(IndexSnapshot next, LiveRows live)
    {
        var (former, formerNumber) = (collection.Snapshot, collection.Manifest.SnapshotNumber);
        var manifest = collection.Manifest with { SnapshotNumber = next.Number, IndexHash = next.IndexHash };
        CarryOver(former.Rows, next.Rows, live);
        manifest.Save(collection.Paths);
        collection.Gate.EnterWriteLock();
        try
        {
            (collection.Manifest, collection.Snapshot) = (manifest, next);
            former.Dispose();
            _triedAt = -FewRows;
            collection.Segments.ReleaseOldViews();
            if (next.ReplayPosition.Deletes > former.ReplayPosition.Deletes) collection.Records.ForgetTombstones(next.ReplayPosition.Deletes);
        }
        finally
        {
            collection.Gate.ExitWriteLock();
        }

        if (formerNumber > 0) Directory.Delete(collection.Paths.Snapshot(formerNumber), recursive: true);
        if (collection.Log.IsEnabled(LogLevel.Debug))
            collection.Log.LogDebug("Snapshot {Snapshot} of the index of {Directory} was written with {Rows} rows", next.Number, collection.Paths.Directory, next.Index!.Count);
    }

    private static void CarryOver(RowDirectory former, RowDirectory next, LiveRows live)
    {
        foreach (var entry in live.Entries)
        {
            var now = former.Find(entry.Id);
            if (now < 0) next.Remove(entry.Id);
        }

        next.Unreadable.UnionWith(former.Unreadable);
        var texts = former.Strings.ToArray();
        for (var ordinal = live.Seen; ordinal < former.Count; ordinal++)
        {
            if (!former.IsDead(ordinal)) next.Set(former.Entry(ordinal).Renumbered(texts, next.Strings));
        }
    }

    private void Build(int number, LiveRows live, int round, CancellationToken stop)
    {
        try
        {
            var next = Write(number, live, stop);
            post(() => Publish(next, live, round));
        }
        catch (Exception e)
        {
            // Whatever it was, the index is derived: nobody who waits for the end of the building may fail by it.
            if (stop.IsCancellationRequested) return;
            post(() => _isUnderWay &= round != _round);
            if (collection.Log.IsEnabled(LogLevel.Warning))
                collection.Log.LogWarning("The index of {Directory} could not be written ({Problem}); searching goes on without it", collection.Paths.Directory, e.Message);
        }
    }

    private void Publish(IndexSnapshot next, LiveRows live, int round)
    {
        if (round != _round)
        {
            next.Dispose();
            return;
        }

        _isUnderWay = false;
        Exchange(next, live);
    }
}
