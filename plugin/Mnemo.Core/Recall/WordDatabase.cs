using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mnemo.Recall;

/// <summary>The file of the word index: its schema and its connections, one that writes and as many as needed that read.</summary>
internal sealed class WordDatabase : IDisposable
{
    /// <summary>A file of another version is thrown away and rebuilt from the store.</summary>
    private const long Version = 2;

    private const string Schema = """
        CREATE TABLE rows (
            doc INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, place INTEGER NOT NULL, session INTEGER NOT NULL, at INTEGER NOT NULL, speaker INTEGER NOT NULL,
            duplicate INTEGER NOT NULL, asks INTEGER NOT NULL, length INTEGER NOT NULL, who BLOB NOT NULL, terms BLOB NOT NULL);
        CREATE INDEX rows_session ON rows (session, at);
        CREATE INDEX rows_duplicate ON rows (duplicate);
        CREATE TABLE intents (id INTEGER PRIMARY KEY);
        CREATE TABLE personas (name TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5(scope, own, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
        CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
        """;

    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly Stack<SqliteConnection> _readers = [];

    private WordDatabase(string path)
    {
        _path = path;
        Writer = Open();
    }

    /// <summary>The one connection that writes. In memory it is also the one that reads.</summary>
    public SqliteConnection Writer { get; }

    public bool IsInMemory => _path == ":memory:";

    public static WordDatabase Open(string path)
    {
        if (path != ":memory:" && Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        try
        {
            return Ready(path);
        }
        catch (SqliteException) when (path != ":memory:" && File.Exists(path))
        {
            // Derived data: whatever is wrong with the file, the store has the truth.
            Destroy(path);
            return Ready(path);
        }
    }

    public SqliteConnection RentReader()
    {
        lock (_gate)
        {
            if (_readers.TryPop(out var reader)) return reader;
        }

        return Open();
    }

    public void ReturnReader(SqliteConnection reader)
    {
        lock (_gate) _readers.Push(reader);
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }

    public static void Run(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_readers.TryPop(out var reader)) reader.Dispose();
        }

        Writer.Dispose();
    }

    private static WordDatabase Ready(string path)
    {
        var database = new WordDatabase(path);
        try
        {
            database.Prepare();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void Destroy(string path)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(path + suffix);
    }

    private void Prepare()
    {
        var version = Number(Writer, "PRAGMA user_version");
        if (version != Version && version != 0)
        {
            Writer.Close();
            Destroy(_path);
            Writer.Open();
            Configure(Writer);
        }

        if (Number(Writer, "PRAGMA user_version") == Version) return;
        using var transaction = Writer.BeginTransaction();
        Run(Writer, Schema, transaction);
        Run(Writer, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Version}"), transaction);
        transaction.Commit();
    }

    private SqliteConnection Open()
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 30 };
        var connection = new SqliteConnection(builder.ToString());
        try
        {
            connection.Open();
            Configure(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Configure(SqliteConnection connection) => Run(connection,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=30000;");
}
