using Microsoft.Data.Sqlite;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Recall;

/// <summary>
/// The words of all memories: one SQLite FTS5 index of our own, derived from the store, so that every backend ranks
/// alike. Whoever writes memories first says which ones (<see cref="IntendAsync"/>), writes the store, then the words;
/// after a crash the intents tell which rows to read again from the store.
/// </summary>
public sealed class WordIndex : IAsyncDisposable
{
    private const int RebuildBatch = 2000;
    private const string StoreFact = "store";

    private readonly WordDatabase _database;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly WordWriter _writer;
    private readonly HashSet<string> _personas;
    private readonly WordFrequencies _frequencies = new();
    private HashSet<MemoryId>? _touchedWhileRebuilding;
    private long _count;

    private WordIndex(WordDatabase database)
    {
        _database = database;
        _personas = ReadPersonas(database.Writer);
        _writer = new WordWriter(database.Writer, _personas);
        _count = WordDatabase.Number(database.Writer, "SELECT count(*) FROM rows");
    }

    /// <summary>How many memories it holds.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Opens the index file, or makes it; <c>:memory:</c> keeps it in memory. A damaged file is made anew.</summary>
    public static Task<WordIndex> OpenAsync(string path, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(new WordIndex(WordDatabase.Open(path)));
    }

    /// <summary>
    /// Makes the index say what the store says: resolves what a crash left half done, and rebuilds everything when the
    /// index is missing, of another store, or counts differently. Writes may go on meanwhile.
    /// </summary>
    /// <param name="store">The truth.</param>
    /// <param name="storeIdentity">Names the store and collection; another name means another store.</param>
    /// <param name="progress">Told the number of memories read, while rebuilding.</param>
    /// <param name="cancellation">Stops it; the next call starts over.</param>
    public async Task EnsureCurrentAsync(IMemoryStore store, string storeIdentity, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (ReadFact(StoreFact) == storeIdentity)
        {
            await ResolveIntentsAsync(store, cancellation);
            if (await store.CountAsync(MemoryFilter.Everything, cancellation) == Count) return;
        }

        await RebuildAsync(store, storeIdentity, progress, cancellation);
    }

    /// <summary>Records that these are about to be written or deleted. Before the store is touched.</summary>
    public Task IntendAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => WriteAsync(transaction =>
    {
        using var insert = _database.Writer.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT OR IGNORE INTO intents (id) VALUES ($id)";
        var id = insert.Parameters.Add("$id", SqliteType.Integer);
        foreach (var intended in ids)
        {
            id.Value = intended.Value;
            insert.ExecuteNonQuery();
        }

        return 0;
    }, cancellation);

    /// <summary>Follows the store after it was written: the words of <paramref name="upserts"/> in, those of <paramref name="deletes"/> out.</summary>
    public Task ApplyAsync(IReadOnlyList<Memory> upserts, IReadOnlyList<MemoryId> deletes, CancellationToken cancellation) => WriteAsync(transaction =>
    {
        var change = 0;
        foreach (var memory in upserts)
        {
            if (_writer.Upsert(memory, transaction)) change++;
            _touchedWhileRebuilding?.Add(memory.Id);
        }

        foreach (var id in deletes)
        {
            if (_writer.Delete(id, transaction)) change--;
            _touchedWhileRebuilding?.Add(id);
        }

        ForgetIntents([.. upserts.Select(m => m.Id), .. deletes], transaction);
        return change;
    }, cancellation);

    /// <summary>The first memory of that speaker in that conversation with the same words, if there is one.</summary>
    public MemoryId? FindDuplicate(MemoryScope scope, string speakerId, string text) => Read<MemoryId?>(reader =>
    {
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT min(id) FROM rows WHERE duplicate = $duplicate";
        command.Parameters.AddWithValue("$duplicate", WordKeys.Duplicate(scope, speakerId, text));
        return command.ExecuteScalar() is long id ? new MemoryId(id) : null;
    });

    /// <summary>The memories whose words answer best, of those that the scope may see.</summary>
    public WordResult Search(WordQuery query, RecallOptions options)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(options);
        string[] personas;
        lock (_personas) personas = query.Scope.Reach.AnyPersona ? [.. _personas] : [query.Scope.Persona];
        return Read(reader => new WordSearch(reader, _frequencies, options, Count).Find(query, personas));
    }

    /// <summary>Leaves no byte of a deleted text in the file or its log.</summary>
    public async Task PurgeAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            // Deletions from the contentless table are tombstones until its segments are merged.
            WordDatabase.Run(_database.Writer, "INSERT INTO words (words) VALUES ('optimize')");
            WordDatabase.Run(_database.Writer, "VACUUM");
            WordDatabase.Run(_database.Writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _writer.Dispose();
        _database.Dispose();
        _gate.Dispose();
    }

    private async Task RebuildAsync(IMemoryStore store, string storeIdentity, IProgress<long>? progress, CancellationToken cancellation)
    {
        await ClearAsync(cancellation);
        try
        {
            List<Memory> batch = [];
            long read = 0;
            await foreach (var memory in store.ScanAsync(null, MemoryFilter.Everything, cancellation))
            {
                batch.Add(memory);
                if (batch.Count < RebuildBatch) continue;
                await AddScannedAsync(batch, cancellation);
                progress?.Report(read += batch.Count);
                batch.Clear();
            }

            await AddScannedAsync(batch, cancellation);
            progress?.Report(read + batch.Count);
            await WriteAsync(transaction => WriteFact(StoreFact, storeIdentity, transaction), cancellation);
        }
        finally
        {
            await _gate.WaitAsync(CancellationToken.None);
            _touchedWhileRebuilding = null;
            _gate.Release();
        }
    }

    private Task ClearAsync(CancellationToken cancellation) => WriteAsync(transaction =>
    {
        _touchedWhileRebuilding = [];
        WordDatabase.Run(_database.Writer, "DELETE FROM rows; INSERT INTO words (words) VALUES ('delete-all'); DELETE FROM facts; DELETE FROM personas;", transaction);
        lock (_personas) _personas.Clear();
        _frequencies.Clear();
        return -(int)Count;
    }, cancellation);

    // What was written since the scan began is newer than what the scan saw.
    private Task AddScannedAsync(List<Memory> batch, CancellationToken cancellation) => WriteAsync(transaction =>
    {
        var added = 0;
        foreach (var memory in batch)
        {
            if (!_touchedWhileRebuilding!.Contains(memory.Id) && _writer.Upsert(memory, transaction)) added++;
        }

        return added;
    }, cancellation);

    /// <summary>Makes the words of everything that a crash left half written or half deleted say what the store says.</summary>
    internal async Task ResolveIntentsAsync(IMemoryStore store, CancellationToken cancellation)
    {
        var pending = Read(reader =>
        {
            List<MemoryId> ids = [];
            using var command = reader.CreateCommand();
            command.CommandText = "SELECT id FROM intents";
            using var row = command.ExecuteReader();
            while (row.Read()) ids.Add(new MemoryId(row.GetInt64(0)));
            return ids;
        });

        foreach (var ids in pending.Chunk(500))
        {
            List<Memory> present = [];
            await foreach (var memory in store.ScanAsync(null, MemoryFilter.Ids(ids), cancellation)) present.Add(memory);
            await ApplyAsync(present, [.. ids.Except(present.Select(m => m.Id))], cancellation);
        }
    }

    private void ForgetIntents(IReadOnlyList<MemoryId> ids, SqliteTransaction transaction)
    {
        using var delete = _database.Writer.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = "DELETE FROM intents WHERE id = $id";
        var parameter = delete.Parameters.Add("$id", SqliteType.Integer);
        foreach (var id in ids)
        {
            parameter.Value = id.Value;
            delete.ExecuteNonQuery();
        }
    }

    private async Task WriteAsync(Func<SqliteTransaction, int> work, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            using var transaction = _database.Writer.BeginTransaction(deferred: false);
            var change = work(transaction);
            transaction.Commit();
            Interlocked.Add(ref _count, change);
        }
        finally
        {
            _gate.Release();
        }
    }

    private T Read<T>(Func<SqliteConnection, T> work)
    {
        if (_database.IsInMemory)
        {
            _gate.Wait();
            try
            {
                return work(_database.Writer);
            }
            finally
            {
                _gate.Release();
            }
        }

        var reader = _database.RentReader();
        try
        {
            return work(reader);
        }
        finally
        {
            _database.ReturnReader(reader);
        }
    }

    private string? ReadFact(string name) => Read(reader =>
    {
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT value FROM facts WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    });

    private int WriteFact(string name, string value, SqliteTransaction transaction)
    {
        using var command = _database.Writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT OR REPLACE INTO facts (name, value) VALUES ($name, $value)";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        return command.ExecuteNonQuery() * 0;
    }

    private static HashSet<string> ReadPersonas(SqliteConnection connection)
    {
        HashSet<string> personas = [];
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM personas";
        using var row = command.ExecuteReader();
        while (row.Read()) personas.Add(row.GetString(0));
        return personas;
    }
}
