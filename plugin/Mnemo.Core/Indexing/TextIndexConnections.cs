using System.Globalization;
using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.Indexing;

/// <summary>The file of the text index: its schema and its connections, one that writes and a few that read.</summary>
internal sealed class TextIndexConnections : IDisposable
{
    /// <summary>A file of another version is thrown away and rebuilt from the store.</summary>
    private const long Version = 4;

    private const int Readers = 4;

    /// <summary>What a hundred thousand memories take; a question touches rows all over the file.</summary>
    private const int CacheKiB = 32_000;

    // Tokens has cut the text already, and only blanks may cut it again; where in a text a word stands, its row knows.
    private const string Schema = """
        CREATE TABLE rows (
            doc INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, place INTEGER NOT NULL, session INTEGER NOT NULL, at INTEGER NOT NULL, speaker INTEGER NOT NULL,
            duplicate INTEGER NOT NULL, asks INTEGER NOT NULL, length INTEGER NOT NULL, persona INTEGER NOT NULL, who BLOB NOT NULL, terms BLOB NOT NULL);
        CREATE INDEX rows_session ON rows (session, at);
        CREATE INDEX rows_duplicate ON rows (duplicate);
        CREATE TABLE personas (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5(scope, own, content='', contentless_delete=1, tokenize="ascii", detail=none);
        CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
        """;

    private readonly int _busyTimeoutSeconds;
    private readonly SemaphoreSlim _slots = new(Readers, Readers);
    private readonly Stack<PreparedConnection> _idle = [];

    private TextIndexConnections(string path, int busyTimeoutSeconds)
    {
        Path = path;
        _busyTimeoutSeconds = busyTimeoutSeconds;
        Writer = Prepared();
    }

    public string Path { get; }

    /// <summary>The one connection that writes.</summary>
    public PreparedConnection Writer { get; private set; }

    /// <param name="path">The file.</param>
    /// <param name="busyTimeoutSeconds">How long a statement waits for a lock that another program holds.</param>
    public static TextIndexConnections Open(string path, int busyTimeoutSeconds)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        try
        {
            return new TextIndexConnections(path, busyTimeoutSeconds);
        }
        catch (SqliteException e) when (TextIndexFailure.IsForeign(e))
        {
            // Derived data: whatever is wrong with the file, the store has the truth.
            Destroy(path);
            return new TextIndexConnections(path, busyTimeoutSeconds);
        }
    }

    /// <summary>Whether the file is an index, of whatever version, with a row in it.</summary>
    public static bool HoldsRows(string path)
    {
        try
        {
            using var connection = new PreparedConnection(new SqliteOpening(path) { Mode = SqliteOpenMode.ReadWrite });
            return connection.Number("SELECT EXISTS (SELECT 1 FROM rows)") == 1;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Lends a connection that reads; waits while all of them are lent.</summary>
    public T Read<T>(Func<PreparedConnection, T> work)
    {
        _slots.Wait();
        PreparedConnection? reader = null;
        try
        {
            lock (_idle) _idle.TryPop(out reader);
            reader ??= Connect();
            var result = work(reader);
            lock (_idle) _idle.Push(reader);
            return result;
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Moves what the log holds into the file, synced, as far as no reader is in the way; without it a power cut may take the last transactions back.</summary>
    public void Checkpoint() => Writer.Number("PRAGMA wal_checkpoint(PASSIVE)");

    /// <summary>Rewrites the file and empties its log, so that no deleted byte is left in either; false when another program holds on to the log.</summary>
    public bool Purge()
    {
        // Deletions from the contentless table are tombstones until its segments are merged.
        Writer.Execute("INSERT INTO words (words) VALUES ('optimize')");
        Writer.Execute("VACUUM");
        return WithoutReaders(() => Writer.Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0);
    }

    /// <summary>Puts an empty file in the place of a damaged one. May be repeated when it fails.</summary>
    public void Replace() => WithoutReaders(() =>
    {
        Close();
        Destroy(Path);
        Writer = Prepared();
        return true;
    });

    public void Dispose()
    {
        Close();
        _slots.Dispose();
    }

    private T WithoutReaders<T>(Func<T> work)
    {
        for (var i = 0; i < Readers; i++) _slots.Wait();
        try
        {
            return work();
        }
        finally
        {
            _slots.Release(Readers);
        }
    }

    private void Close()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var reader)) reader.Dispose();
        }

        Writer.Dispose();
    }

    private static void Destroy(string path)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(path + suffix);
    }

    private PreparedConnection Prepared()
    {
        var connection = Connect();
        try
        {
            if (connection.Number("PRAGMA user_version") is not (0 or Version))
            {
                connection.Dispose();
                Destroy(Path);
                connection = Connect();
            }

            if (connection.Number("PRAGMA user_version") == Version) return connection;
            connection.Transact(() =>
            {
                connection.Execute(Schema);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Version}"));
            });
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private PreparedConnection Connect() => new(new SqliteOpening(Path)
    {
        CommandSeconds = _busyTimeoutSeconds,
        Pragmas =
        [
            string.Create(CultureInfo.InvariantCulture, $"busy_timeout = {_busyTimeoutSeconds * 1000}"), "journal_mode = WAL", "synchronous = NORMAL",
            "secure_delete = ON", string.Create(CultureInfo.InvariantCulture, $"cache_size = -{CacheKiB}"), "temp_store = MEMORY",
        ],
    });
}
