using System.Globalization;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Indexing;

/// <summary>
/// Finds memories by their words: one SQLite FTS5 index of our own, derived from the store, so that every backend ranks
/// alike. It knows which set of memories it holds and up to which number of the write log; what the log has beyond that
/// is read again from the store.
/// </summary>
public sealed class TextIndex : IAsyncDisposable
{
    private const int RebuildBatch = 2000, ReadBackBatch = 500;
    private const string SetFact = "set", PositionFact = "position", UnreadableFact = "unreadable";
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
    /// Makes the index say what the store says: takes in what the log has beyond its position, and rebuilds everything
    /// when the index is missing, damaged, of another set, too far behind, or counts differently. Writes may go on meanwhile.
    /// </summary>
    /// <param name="store">The truth.</param>
    /// <param name="setId">The set of memories that the store holds.</param>
    /// <param name="log">What was written, in order.</param>
    /// <param name="settled">Up to which number every write is in the store now, and none is under way.</param>
    /// <param name="progress">Told the number of memories read, while rebuilding.</param>
    /// <param name="cancellation">Stops it; the next call starts over.</param>
    public async Task EnsureCurrentAsync(IMemoryStore store, string setId, WriteLog log, long settled, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(log);
        for (var tries = 1; ; tries++)
        {
            var replacements = _file.Replacements;
            try
            {
                if (await IsCurrentAsync(store, setId, log, settled, cancellation) || await RebuildAsync(store, setId, settled, progress, cancellation)) return;
                if (tries == MostTries) throw TextIndexFailure.KeepsBreaking(_file.Path);
            }
            catch (MemoryStoreException) when (_file.Replacements != replacements && tries < MostTries)
            {
                // The file was damaged and is empty now, so everything has to be read again.
            }
        }
    }

    /// <summary>
    /// Follows the store after it was written: takes <paramref name="upserts"/> in and <paramref name="deletes"/> out. Everything up to <paramref name="position"/> of the log is in the index then.
    /// </summary>
    public Task ApplyAsync(IReadOnlyList<Memory> upserts, IReadOnlyList<MemoryId> deletes, long position, CancellationToken cancellation) => _file.WriteAsync(writer =>
    {
        Notify([.. upserts.Select(m => m.Id), .. deletes]);
        foreach (var memory in upserts) writer.Upsert(memory);
        foreach (var id in deletes) writer.Delete(id);
        Advance(writer, position);
    }, cancellation);

    /// <summary>Makes the rows of these memories say what the store says, whatever had become of them.</summary>
    internal async Task ReadBackAsync(IMemoryStore store, IReadOnlyList<MemoryId> memories, long position, CancellationToken cancellation)
    {
        using var watch = new Watch(_watches);
        foreach (var ids in memories.Chunk(ReadBackBatch))
        {
            Dictionary<MemoryId, Memory> present = [];
            await foreach (var memory in store.ReadableAsync(ScanQuery.Of(ids) with { WithVectors = false }, cancellation)) present[memory.Id] = memory;
            await _file.WriteAsync(writer =>
            {
                MemoryId[] untouched = [.. ids.Except(watch.Written)];
                foreach (var id in untouched)
                {
                    if (present.TryGetValue(id, out var memory)) writer.Upsert(memory);
                    else writer.Delete(id);
                }

                Notify(untouched);
            }, cancellation);
        }

        await _file.WriteAsync(writer => Advance(writer, position), cancellation);
    }

    /// <summary>Brings what was written so far onto the disk for good; answers up to which number of the log that is. Null while the index is not filled.</summary>
    internal async Task<long?> CheckpointAsync(CancellationToken cancellation)
    {
        if (ReadFact(SetFact) is null) return null;
        var position = ReadNumber(PositionFact);
        await _file.CheckpointAsync(cancellation);
        return position;
    }

    /// <summary>The first memory of that speaker in that conversation with the same words, if there is one.</summary>
    public MemoryId? FindDuplicate(MemoryScope scope, string speakerId, string text) => FindDuplicate(TextIndexKeys.Duplicate(scope, speakerId, text));

    internal MemoryId? FindDuplicate(long key) => _file.Read<MemoryId?>(reader =>
        reader.Scalar("SELECT min(id) FROM rows WHERE duplicate = $1", key) is long id ? new MemoryId(id) : null);

    /// <summary>The memories whose words answer best, of those that the scope may see.</summary>
    public TextResult Search(TextQuery query, TextSearchOptions options)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyCollection<string> personas = query.Scope.Reach.AnyPersona ? [.. _file.Writer.Personas] : [query.Scope.Persona];
        return _file.Read(reader => reader.Snapshot(() => new TextSearch(reader, _file.Frequencies, options, Count).Find(query, [.. personas])));
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

    private async Task<bool> IsCurrentAsync(IMemoryStore store, string setId, WriteLog log, long settled, CancellationToken cancellation)
    {
        if (ReadFact(SetFact) != setId) return false;
        var position = ReadNumber(PositionFact);
        if (position < await log.TrimmedAsync(cancellation) || position > await log.LastAsync(cancellation)) return false;
        while (await log.AfterAsync(position, ReadBackBatch, cancellation) is { Count: > 0 } entries && entries[0].Number <= settled)
        {
            position = Math.Min(settled, entries[^1].Number);
            await ReadBackAsync(store, [.. entries.Where(e => e.Number <= settled).Select(e => e.Id)], position, cancellation);
        }

        await _file.WriteAsync(writer => Advance(writer, settled), cancellation);
        return await store.CountAsync(MemoryFilter.Everything, cancellation) == Count + ReadNumber(UnreadableFact);
    }

    /// <summary>False when the file was replaced meanwhile, so that a part of what was read is lost.</summary>
    private async Task<bool> RebuildAsync(IMemoryStore store, string setId, long settled, IProgress<long>? progress, CancellationToken cancellation)
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
        long read = 0, unreadable = 0;
        await foreach (var row in store.ScanAsync(ScanQuery.Everything with { WithVectors = false }, cancellation))
        {
            if (row.Memory is { } memory) batch.Add(memory);
            else unreadable++;
            if (batch.Count < RebuildBatch) continue;
            await AddAsync();
            progress?.Report(read += batch.Count);
            batch.Clear();
        }

        await AddAsync();
        progress?.Report(read + batch.Count);
        await _file.WriteAsync(writer =>
        {
            if (_file.Replacements != replacements) return;
            writer.SetFact(SetFact, setId);
            writer.SetFact(UnreadableFact, unreadable.ToString(CultureInfo.InvariantCulture));
            Advance(writer, settled);
        }, cancellation);
        return _file.Replacements == replacements;

        Task AddAsync() => _file.WriteAsync(writer =>
        {
            foreach (var memory in batch.Where(m => !watch.Written.Contains(m.Id))) writer.Upsert(memory);
        }, cancellation);
    }

    private static void Advance(TextIndexWriter writer, long position)
    {
        if (position > writer.Number(PositionFact)) writer.SetFact(PositionFact, position.ToString(CultureInfo.InvariantCulture));
    }

    // Only while a change is being written, so that nobody reads the sets meanwhile.
    private void Notify(IReadOnlyList<MemoryId> ids)
    {
        lock (_watches) _watches.ForEach(watch => watch.Written.UnionWith(ids));
    }

    private long ReadNumber(string name) => long.TryParse(ReadFact(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private string? ReadFact(string name) => _file.Read(reader => reader.Scalar("SELECT value FROM facts WHERE name = $1", name) as string);

    /// <summary>What others do while somebody reads the store to write its words: it is newer than what was read.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly List<Watch> _all;

        public Watch(List<Watch> all)
        {
            _all = all;
            lock (all) all.Add(this);
        }

        /// <summary>Their words were written or taken out.</summary>
        public HashSet<MemoryId> Written { get; } = [];

        public void Dispose()
        {
            lock (_all) _all.Remove(this);
        }
    }
}
