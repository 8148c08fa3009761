using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Capture;

/// <summary>
/// Turns a batch of messages into the memories to write: exact repetitions collapse into the first one with all their
/// sources, every other draft gets an id of its own. What a crash had written already is recognised by its source, so
/// the same rows always lead to the same memories.
/// </summary>
internal sealed class Consolidator(IMemoryStore store, TextIndex textIndex, EmbeddingFingerprint fingerprint)
{
    private readonly Dictionary<MemoryId, Memory> _memories = [];
    private readonly HashSet<MemoryId> _unchanged = [];
    private readonly Dictionary<long, MemoryId> _idsByText = [];
    private readonly Dictionary<long, MemoryId?> _repeated = [];
    private readonly HashSet<MemoryId> _absent = [];
    private readonly List<CompletedRow> _done = [];

    /// <summary>The memories that are new or have changed, as they shall be; those without a vector have to be embedded.</summary>
    public IReadOnlyList<Memory> Memories => [.. _memories.Values.Where(m => !_unchanged.Contains(m.Id))];

    /// <summary>What the outbox shall be told once they are stored.</summary>
    public IReadOnlyList<CompletedRow> Done => _done;

    public async Task AddAsync(IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        var drafts = rows.Select(row => (Row: row, Texts: row.IsQuestion ? [] : RawExtractor.Extract(row.Message))).ToList();
        var looked = await LookUpAsync(drafts, cancellation);
        foreach (var (row, texts) in drafts)
        {
            var created = 0;
            for (var i = 0; i < texts.Count; i++)
            {
                var id = await PlaceAsync(row, texts[i], i, texts.Count, looked, cancellation);
                if (_memories[id].Sources is [var first, ..] && first.MessageId == row.Message.Id) created++;
            }

            _done.Add(new CompletedRow(row, created));
        }
    }

    // One read for all repetitions and all first ids, instead of one for each draft.
    private async Task<Dictionary<MemoryId, Memory>> LookUpAsync(List<(OutboxRow Row, IReadOnlyList<RawDraft> Texts)> drafts, CancellationToken cancellation)
    {
        HashSet<MemoryId> ids = [];
        foreach (var (row, texts) in drafts)
        {
            for (var i = 0; i < texts.Count; i++) ids.Add(FindRepeated(KeyOf(row.Message, texts[i])) ?? MemoryId.From(row.At, row.Message.Id, i));
        }

        Dictionary<MemoryId, Memory> found = [];
        await ReadAsync([.. ids], found, cancellation);
        return found;
    }

    // The text index is asked once for each text of the batch, however often it is in it.
    private MemoryId? FindRepeated(long key)
    {
        if (!_repeated.TryGetValue(key, out var id)) _repeated.Add(key, id = textIndex.FindDuplicate(key));
        return id;
    }

    private static long KeyOf(ChatMessage message, RawDraft draft) => TextIndexKeys.Duplicate(message.Scope, message.Speaker.Id, draft.Text);

    private async Task<MemoryId> PlaceAsync(
        OutboxRow row, RawDraft draft, int index, int siblings, Dictionary<MemoryId, Memory> looked, CancellationToken cancellation)
    {
        var message = row.Message;
        var key = KeyOf(message, draft);
        if (!_idsByText.TryGetValue(key, out var id))
        {
            id = FindRepeated(key) is { } known && looked.ContainsKey(known)
                ? known
                : await FreeIdAsync(row, draft, index, siblings, looked, cancellation);
            _idsByText.Add(key, id);
        }

        var existing = _memories.GetValueOrDefault(id) ?? looked.GetValueOrDefault(id);
        var joined = existing is null ? Create(id, row, draft) : Join(existing, message, draft);
        if (!ReferenceEquals(joined, existing)) _unchanged.Remove(id);
        else if (!_memories.ContainsKey(id)) _unchanged.Add(id);
        _memories[id] = joined;
        return id;
    }

    private async Task<MemoryId> FreeIdAsync(
        OutboxRow row, RawDraft draft, int ordinal, int siblings, Dictionary<MemoryId, Memory> looked, CancellationToken cancellation)
    {
        for (; ; ordinal++)
        {
            var id = MemoryId.From(row.At, row.Message.Id, ordinal);
            if (!_memories.TryGetValue(id, out var holder) && !looked.TryGetValue(id, out holder) && !_absent.Contains(id))
            {
                await ReadAsync([id], looked, cancellation);
                looked.TryGetValue(id, out holder);
            }

            if (holder is null || IsOf(holder, row.Message, draft, siblings)) return id;
        }
    }

    // A scan, because an id may be held by a memory that this scope does not see; and one that shows the last writes.
    private async Task ReadAsync(IReadOnlyList<MemoryId> ids, Dictionary<MemoryId, Memory> found, CancellationToken cancellation)
    {
        if (ids.Count == 0) return;
        _absent.UnionWith(ids);
        await foreach (var memory in store.ReadableAsync(ScanQuery.Of(ids), cancellation))
        {
            found[memory.Id] = memory;
            _absent.Remove(memory.Id);
        }
    }

    private static bool IsOf(Memory holder, ChatMessage message, RawDraft draft, int siblings)
        => holder.Scope == message.Scope
        && holder.Sources.Any(source => source.MessageId == message.Id)
        && (siblings == 1 || holder.Text == draft.Text);

    private Memory Create(MemoryId id, OutboxRow row, RawDraft draft) => new()
    {
        Id = id,
        Scope = row.Message.Scope,
        Speaker = row.Message.Speaker,
        Text = draft.Text,
        Session = row.Session,
        Sources = [Source(row.Message)],
        Importance = draft.IsPinned ? 1 : 0.5f,
        Trust = draft.IsPinned ? Trust.Pinned : Trust.Member,
        SpokenAt = row.Message.At,
        RecordedAt = row.QueuedAt,
        Embedding = fingerprint,
    };

    // Answers the very same memory when there is nothing to add, so that it is not written again. A phrase that somebody
    // repeats all day must not grow without end: what its list has no room for is counted.
    private static Memory Join(Memory memory, ChatMessage message, RawDraft draft)
    {
        if (memory.Sources.Any(source => source.MessageId == message.Id)) return memory;
        IReadOnlyList<SourceMessage> sources = [.. memory.Sources.Append(Source(message)).OrderBy(source => source.At)];
        var isFull = !PortableRecord.Holds(sources);
        return memory with
        {
            Sources = isFull ? memory.Sources : sources,
            Repetitions = isFull ? memory.Repetitions + 1 : memory.Repetitions,
            Importance = draft.IsPinned ? 1 : memory.Importance,
            Trust = draft.IsPinned ? Trust.Pinned : memory.Trust,
            Revision = memory.Revision + 1,
        };
    }

    private static SourceMessage Source(ChatMessage message) => new(message.Id, message.Link, message.At);
}
