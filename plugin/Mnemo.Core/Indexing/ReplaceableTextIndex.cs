using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.Indexing;

/// <summary>
/// The word database behind one gate: many read, one writes. What it holds is derived, so a file that proves damaged is
/// replaced by an empty one on the spot, whoever meets the damage.
/// </summary>
internal sealed class ReplaceableTextIndex : IAsyncDisposable
{
    private readonly TextIndexConnections _database;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private TextIndexWriter _writer;
    private volatile bool _isCondemned;
    private volatile int _replacements;
    private volatile TaskCompletionSource _emptied = Signal();

    private ReplaceableTextIndex(TextIndexConnections database, TextIndexWriter writer)
    {
        _database = database;
        _writer = writer;
    }

    public string Path => _database.Path;

    /// <summary>The side that writes, to ask for its figures.</summary>
    public TextIndexWriter Writer => Volatile.Read(ref _writer);

    /// <summary>In how many rows a term stands, as far as somebody has asked.</summary>
    public TermFrequencies Frequencies { get; } = new();

    /// <summary>How often the file was replaced.</summary>
    public int Replacements => _replacements;

    /// <summary>Completes when the file is replaced.</summary>
    public Task Emptied => _emptied.Task;

    /// <param name="path">The file.</param>
    /// <param name="busyTimeoutSeconds">How long a statement waits for a lock that another program holds.</param>
    public static ReplaceableTextIndex Open(string path, int busyTimeoutSeconds)
    {
        TextIndexConnections? database = null;
        try
        {
            database = TextIndexConnections.Open(path, busyTimeoutSeconds);
            return new ReplaceableTextIndex(database, WriterOf(database));
        }
        catch (SqliteException e)
        {
            database?.Dispose();
            throw TextIndexFailure.From(e, "prepare", path);
        }
    }

    /// <summary>Writes in one transaction.</summary>
    public Task WriteAsync(Action<TextIndexWriter> work, CancellationToken cancellation) => ChangeAsync("upsert", () => _writer.Commit(work), cancellation);

    /// <summary>Brings what was committed so far onto the disk for good.</summary>
    public Task CheckpointAsync(CancellationToken cancellation) => ChangeAsync("checkpoint", _database.Checkpoint, cancellation);

    /// <summary>Leaves no byte of a deleted text in the file or its log.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        var isPurged = false;
        await ChangeAsync("delete", () =>
        {
            _writer.Commit(writer => writer.DeleteUnusedPersonas());
            isPurged = _database.Purge();
        }, cancellation);
        if (!isPurged) throw TextIndexFailure.NotPurged(_database.Path);
    }

    /// <summary>Lends a connection that reads.</summary>
    public T Read<T>(Func<PreparedConnection, T> work)
    {
        var replacements = _replacements;
        if (_isCondemned) ReplaceOnce(replacements);
        replacements = _replacements;
        try
        {
            return _database.Read(work);
        }
        catch (SqliteException e)
        {
            if (TextIndexFailure.IsDamage(e)) ReplaceOnce(replacements);
            throw TextIndexFailure.From(e, "search", _database.Path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _database.Dispose();
        _gate.Dispose();
    }

    // A file that proves damaged is replaced on the spot and the change goes into the new one; the rest follows with the next rebuild.
    private async Task ChangeAsync(string operation, Action change, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_isCondemned) Replace();
            try
            {
                change();
            }
            catch (SqliteException e) when (TextIndexFailure.IsDamage(e))
            {
                Replace();
                change();
            }
        }
        catch (SqliteException e)
        {
            throw TextIndexFailure.From(e, operation, _database.Path);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Several readers may meet the same damage; the file that replaces it must not be thrown away by the second.
    private void ReplaceOnce(int replacements)
    {
        _gate.Wait();
        try
        {
            if (_replacements == replacements) Replace();
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Replace()
    {
        _isCondemned = true;
        try
        {
            _database.Replace();
            Volatile.Write(ref _writer, new TextIndexWriter(_database.Writer));
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw TextIndexFailure.NotReplaced(e, _database.Path);
        }

        Frequencies.Clear();
        _isCondemned = false;
        Interlocked.Increment(ref _replacements);
        Interlocked.Exchange(ref _emptied, Signal()).SetResult();
    }

    private static TextIndexWriter WriterOf(TextIndexConnections database)
    {
        try
        {
            return new TextIndexWriter(database.Writer);
        }
        catch (SqliteException e) when (TextIndexFailure.IsForeign(e))
        {
            database.Replace();
            return new TextIndexWriter(database.Writer);
        }
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
