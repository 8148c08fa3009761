using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Indexing;

/// <summary>
/// Finds memories by their words: one SQLite FTS5 index of our own, derived from the store, so that every backend ranks
/// alike. Whoever writes memories first says which ones (<see cref="IntendAsync"/>), writes the store, then this index;
/// after a crash the intents tell which rows to read again from the store.
/// </summary>
public sealed class TextIndex : IAsyncDisposable
{
    private const int RebuildBatch = 2000;
    private const string StoreFact = "store";
    private const int BusyTimeoutSeconds = 30;
    private const int MostTries = 3;
    private readonly ReplaceableTextIndex _file;
    private readonly List<Watch> _watches = [];

    private TextIndex(ReplaceableTextIndex file) => _file = file;

    /// <summary>How many memories it holds.</summary>
    public long Count => _file.Writer.Count;

    /// <summary>Completes when a file that was found damaged is replaced by an empty one, which <see cref="EnsureCurrentAsync"/> has to fill.</summary>
    public Task Emptied => _file.Emptied;

    /// <summary>Opens the index file, or makes it. A damaged file is made anew.</summary>
    /// <exception cref="MemoryStoreException">The file is out of reach.</exception>
    public static Task<TextIndex> OpenAsync(string path, CancellationToken cancellation) => OpenAsync(path, BusyTimeoutSeconds, cancellation);

    /// <summary>Whether a file is an index with memories in it; it is not opened for good, and nothing is made.</summary>
    public static bool HoldsAnything(string path) => File.Exists(path) && TextIndexConnections.HoldsRows(path);

    internal static Task<TextIndex> OpenAsync(string path, int busyTimeoutSeconds, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(new TextIndex(ReplaceableTextIndex.Open(path, busyTimeoutSeconds)));
    }

    /// <summary>
    /// Makes the index say what the store says: resolves what a crash left half done, and rebuilds everything when the
    /// index is missing, damaged, of another store, or counts differently. Writes may go on meanwhile.
    /// </summary>
    /// <param name="store">The truth.</param>
    /// <param name="storeIdentity">Names the store and collection; another name means another store.</param>
    /// <param name="progress">Told the number of memories read, while rebuilding.</param>
    /// <param name="cancellation">Stops it; the next call starts over.</param>
    public async Task EnsureCurrentAsync(IMemoryStore store, string storeIdentity, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        for (var tries = 1; ; tries++)
        {
            var replacements = _file.Replacements;
            try
            {
                if (await IsCurrentAsync(store, storeIdentity, cancellation) || await RebuildAsync(store, storeIdentity, progress, cancellation)) return;
                if (tries == MostTries) throw TextIndexFailure.KeepsBreaking(_file.Path);
            }
            catch (MemoryStoreException) when (_file.Replacements != replacements && tries < MostTries)
            {
                // The file was damaged and is empty now, so everything has to be read again.
            }
        }
    }

    /// <summary>Records that these are about to be written or deleted. Before the store is touched.</summary>
    public Task IntendAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => _file.WriteAsync(writer =>
    {
        Notify(watch => watch.Intended, ids);
        foreach (var id in ids) writer.Intend(id);
    }, cancellation);

    /// <summary>Follows the store after it was written: takes <paramref name="upserts"/> in and <paramref name="deletes"/> out.</summary>
    public Task ApplyAsync(IReadOnlyList<Memory> upserts, IReadOnlyList<MemoryId> deletes, CancellationToken cancellation) => _file.WriteAsync(writer =>
    {
        MemoryId[] changed = [.. upserts.Select(m => m.Id), .. deletes];
        Notify(watch => watch.Written, changed);
        foreach (var memory in upserts) writer.Upsert(memory);
        foreach (var id in deletes) writer.Delete(id);
        foreach (var id in changed) writer.ForgetIntent(id);
    }, cancellation);

    /// <summary>The first memory of that speaker in that conversation with the same words, if there is one.</summary>
    public MemoryId? FindDuplicate(MemoryScope scope, string speakerId, string text) => FindDuplicate(TextIndexKeys.Duplicate(scope, speakerId, text));

    internal MemoryId? FindDuplicate(long key) => _file.Read<MemoryId?>(reader =>
    {
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT min(id) FROM rows WHERE duplicate = $duplicate";
        command.Parameters.AddWithValue("$duplicate", key);
        return command.ExecuteScalar() is long id ? new MemoryId(id) : null;
    });

    /// <summary>The memories whose words answer best, of those that the scope may see.</summary>
    public TextResult Search(TextQuery query, TextSearchOptions options)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyCollection<string> personas = query.Scope.Reach.AnyPersona ? [.. _file.Writer.Personas] : [query.Scope.Persona];
        return _file.Read(reader =>
        {
            // All statements of a search see the same rows, whatever is written meanwhile.
            using var snapshot = reader.BeginTransaction(deferred: true);
            return new TextSearch(reader, _file.Frequencies, options, Count).Find(query, [.. personas]);
        });
    }

    /// <summary>Whether a memory is found by every word of its text, where it was said and as its speaker's.</summary>
    public bool FindsOwnWords(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return _file.Read(reader => OwnWords.AreFound(reader, memory));
    }

    /// <summary>Leaves no byte of a deleted text in the file or its log.</summary>
    /// <exception cref="MemoryStoreException">Another program holds on to the log; nothing is promised then.</exception>
    public Task PurgeAsync(CancellationToken cancellation) => _file.PurgeAsync(cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    /// <summary>Makes the rows of everything that a crash left half written or half deleted say what the store says.</summary>
    internal async Task ResolveIntentsAsync(IMemoryStore store, CancellationToken cancellation)
    {
        using var watch = new Watch(_watches);
        var pending = _file.Read(reader =>
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
            Dictionary<MemoryId, Memory> present = [];
            await foreach (var memory in store.ScanAsync(null, MemoryFilter.Ids(ids), cancellation)) present[memory.Id] = memory;
            await _file.WriteAsync(writer =>
            {
                MemoryId[] untouched = [.. ids.Except(watch.Written).Except(watch.Intended)];
                Notify(other => other.Written, untouched);
                foreach (var id in untouched)
                {
                    if (present.TryGetValue(id, out var memory)) writer.Upsert(memory);
                    else writer.Delete(id);
                    writer.ForgetIntent(id);
                }
            }, cancellation);
        }
    }

    private async Task<bool> IsCurrentAsync(IMemoryStore store, string storeIdentity, CancellationToken cancellation)
    {
        if (ReadFact(StoreFact) != storeIdentity) return false;
        await ResolveIntentsAsync(store, cancellation);
        return await store.CountAsync(MemoryFilter.Everything, cancellation) == Count;
    }

    /// <summary>False when the file was replaced meanwhile, so that a part of what was read is lost.</summary>
    private async Task<bool> RebuildAsync(IMemoryStore store, string storeIdentity, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var watch = new Watch(_watches);
        await _file.WriteAsync(writer =>
        {
            // What was written before is taken out here, and is read again.
            watch.Written.Clear();
            writer.Clear();
            _file.Frequencies.Clear();
        }, cancellation);
        var replacements = _file.Replacements;
        List<Memory> batch = [];
        long read = 0;
        await foreach (var memory in store.ScanAsync(null, MemoryFilter.Everything, cancellation))
        {
            batch.Add(memory);
            if (batch.Count < RebuildBatch) continue;
            await AddAsync();
            progress?.Report(read += batch.Count);
            batch.Clear();
        }

        await AddAsync();
        progress?.Report(read + batch.Count);
        await _file.WriteAsync(writer =>
        {
            if (_file.Replacements == replacements) writer.SetFact(StoreFact, storeIdentity);
        }, cancellation);
        return _file.Replacements == replacements;

        Task AddAsync() => _file.WriteAsync(writer =>
        {
            foreach (var memory in batch.Where(m => !watch.Written.Contains(m.Id))) writer.Upsert(memory);
        }, cancellation);
    }

    // Only while a change is being written, so that nobody reads the sets meanwhile.
    private void Notify(Func<Watch, HashSet<MemoryId>> what, IReadOnlyList<MemoryId> ids)
    {
        lock (_watches) _watches.ForEach(watch => what(watch).UnionWith(ids));
    }

    private string? ReadFact(string name) => _file.Read(reader =>
    {
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT value FROM facts WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    });

    /// <summary>What others do while somebody reads the store to index it: it is newer than what was read.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly List<Watch> _all;

        public Watch(List<Watch> all)
        {
            _all = all;
            lock (all) all.Add(this);
        }

        /// <summary>They were indexed or taken out.</summary>
        public HashSet<MemoryId> Written { get; } = [];

        /// <summary>The store may have changed already; this index follows, or the intent stays.</summary>
        public HashSet<MemoryId> Intended { get; } = [];

        public void Dispose()
        {
            lock (_all) _all.Remove(this);
        }
    }
}
