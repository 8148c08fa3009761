using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// The file that says what is waiting, who was seen, what was chosen and what was erased. One thread writes: every
/// write that waits when it wakes joins one transaction, so that many writers share one sync. A write has reached the
/// disk when its task completes.
/// </summary>
public sealed class ControlStore : IAsyncDisposable
{
    private const int QueueLength = 4096, GroupLimit = 512, Readers = 2;
    private const long QuickCheckLimit = 16L << 20;

    private readonly Channel<ControlWork> _queue = Channel.CreateBounded<ControlWork>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly SemaphoreSlim _readSlots = new(Readers, Readers);
    private readonly Stack<PreparedConnection> _idleReaders = new();
    private readonly PreparedConnection _writer;
    private readonly ControlMark _mark;
    private readonly Thread _thread;
    private long _syncs;

    private ControlStore(string path, PreparedConnection writer, ControlMark mark, Loss? loss, TimeProvider clock)
    {
        Path = path;
        Clock = clock;
        Loss = loss;
        _writer = writer;
        _mark = mark;
        _thread = new Thread(Work) { IsBackground = true, Name = "mnemo-control" };
        _thread.Start();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Transactions that were synced to the disk since the file was opened.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>What was found missing when the file was opened; null when all was there. It is told of once.</summary>
    public Loss? Loss { get; }

    internal TimeProvider Clock { get; }

    internal long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the file, makes it when it is absent and brings its schema up to date.</summary>
    /// <exception cref="ControlStoreException">It is damaged, newer, altered or out of reach; nothing was changed.</exception>
    public static Task<ControlStore> OpenAsync(string path, TimeProvider clock, CancellationToken cancellation)
        => OpenAsync(path, ControlTables.Versions, clock, cancellation);

    internal static Task<ControlStore> OpenAsync(string path, IReadOnlyList<string> versions, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => Open(System.IO.Path.GetFullPath(path), versions, clock), cancellation);
    }

    private static ControlStore Open(string path, IReadOnlyList<string> versions, TimeProvider clock)
    {
        PreparedConnection? writer = null;
        ControlMark? mark = null;
        try
        {
            // The first checksum of a process loads a library of its own; that happens beside the loading of SQLite.
            var digests = Task.Factory.StartNew(() => ControlSchema.DigestsOf(versions), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            ControlFiles.MakeWritable(path);
            var hasLog = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
            var damagedLog = LossCheck.BeforeOpening(path);
            writer = ControlOpening.Open(path, create: true);
            // A file that is refused stays as it is: what waits in its log is not moved into it.
            writer.KeepLogOnClose(hasLog);
            var length = new FileInfo(path).Length;
            if (length is > 0 and <= QuickCheckLimit && writer.Scalar("PRAGMA quick_check(1)") is not "ok") throw ControlStoreException.Damaged(path);
            writer.Execute("PRAGMA secure_delete = ON");
            ControlSchema.Apply(writer, versions, digests.GetAwaiter().GetResult(), path, clock);
            if (writer.Scalar("PRAGMA journal_mode = WAL") is not "wal")
                throw new ControlStoreException($"{path} lies on a file system without shared memory, which SQLite's write-ahead log needs. Choose a data directory on a local disk.");
            writer.Execute("PRAGMA synchronous = FULL");
            writer.Execute("INSERT INTO facts VALUES ('salt', $1) ON CONFLICT DO NOTHING", RandomNumberGenerator.GetBytes(32));
            mark = ControlMark.Open(path);
            var loss = LossCheck.Settle(writer, mark.Read(), damagedLog, hasLog, clock.GetUtcNow().ToUnixTimeMilliseconds());
            mark.Write(Progress.Of(writer));
            writer.KeepLogOnClose(false);
            return new ControlStore(path, writer, mark, loss, clock);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            mark?.Dispose();
            if (e is SqliteException sqlite) throw ControlStoreException.From(sqlite, path);
            if (e is UnauthorizedAccessException or IOException) throw new ControlStoreException($"{path} cannot be made: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Reads every page; the problems found, none when all is well.</summary>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellation)
        => ReadAsync<IReadOnlyList<string>>(c => [.. c.Query("PRAGMA integrity_check(5)", r => r.GetString(0)).Where(line => line != "ok")], cancellation);

    /// <summary>Writes the rows out of the write-ahead log and rewrites the file, so that no deleted byte is left in either.</summary>
    public Task PurgeAsync(CancellationToken cancellation) => EnqueueAsync(new ControlWork<bool>(Purge, isExclusive: true, cancellation));

    internal Task<T> WriteAsync<T>(Func<PreparedConnection, T> work, CancellationToken cancellation)
        => EnqueueAsync(new ControlWork<T>(work, isExclusive: false, cancellation));

    internal Task WriteAsync(Action<PreparedConnection> work, CancellationToken cancellation)
        => WriteAsync(c =>
        {
            work(c);
            return true;
        }, cancellation);

    internal async Task<T> ReadAsync<T>(Func<PreparedConnection, T> work, CancellationToken cancellation)
    {
        await _readSlots.WaitAsync(cancellation);
        PreparedConnection? connection = null;
        try
        {
            lock (_idleReaders) _idleReaders.TryPop(out connection);
            connection ??= ControlOpening.Open(Path, create: false);
            return work(connection);
        }
        catch (SqliteException e)
        {
            throw ControlStoreException.From(e, Path);
        }
        finally
        {
            if (connection is not null)
            {
                lock (_idleReaders) _idleReaders.Push(connection);
            }

            _readSlots.Release();
        }
    }

    /// <summary>Finishes what is queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete()) return;
        await Task.Run(_thread.Join);
        while (_idleReaders.TryPop(out var reader)) reader.Dispose();
        _writer.Dispose();
        _mark.Dispose();
        _readSlots.Dispose();
    }

    private async Task<T> EnqueueAsync<T>(ControlWork<T> work)
    {
        if (!_queue.Writer.TryWrite(work)) await _queue.Writer.WriteAsync(work, work.Cancellation);
        return await work.Result;
    }

    private void Work()
    {
        List<ControlWork> group = [];
        while (_queue.Reader.TryPeek(out _) || _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < GroupLimit && _queue.Reader.TryPeek(out var next) && (group.Count == 0 || !next.IsExclusive) && _queue.Reader.TryRead(out next))
            {
                group.Add(next);
                if (next.IsExclusive) break;
            }

            if (group.Count == 1 && group[0].IsExclusive) RunAlone(group[0]);
            else Commit(group);
            group.Clear();
        }
    }

    private void RunAlone(ControlWork work)
    {
        try
        {
            work.Run(_writer);
            work.Succeed();
        }
        catch (Exception e)
        {
            work.Fail(Readable(e));
        }
    }

    private void Commit(List<ControlWork> group)
    {
        var before = _writer.TotalChanges;
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            foreach (var work in group) RunInSavepoint(work);
            var progress = _writer.TotalChanges != before ? Progress.Count(_writer) : null;
            _writer.Execute("COMMIT");
            if (progress is not null) _mark.Write(progress);
        }
        catch (Exception e)
        {
            _writer.RollBack();
            foreach (var work in group) work.Fail(Readable(e));
            return;
        }

        if (_writer.TotalChanges != before) Interlocked.Increment(ref _syncs);
        foreach (var work in group) work.Succeed();
    }

    // A work item that fails takes only its own changes back; the others of the group are committed.
    private void RunInSavepoint(ControlWork work)
    {
        if (work.Cancellation.IsCancellationRequested)
        {
            work.Fail(new OperationCanceledException(work.Cancellation));
            return;
        }

        _writer.Execute("SAVEPOINT work");
        try
        {
            work.Run(_writer);
        }
        catch (Exception e)
        {
            work.Fail(Readable(e));
            _writer.Execute("ROLLBACK TO work");
        }

        _writer.Execute("RELEASE work");
    }

    private bool Purge(PreparedConnection connection)
    {
        for (var i = 0; i < Readers; i++) _readSlots.Wait();
        try
        {
            connection.Execute("VACUUM");
            if (connection.Number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) throw new ControlStoreException($"The log of {Path} is in use by another program. Close it and try again.");
            return true;
        }
        finally
        {
            _readSlots.Release(Readers);
        }
    }

    private Exception Readable(Exception e) => e is SqliteException sqlite ? ControlStoreException.From(sqlite, Path) : e;
}
