using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Transfer;

/// <summary>
/// Decides under which ids the lines of a batch are stored. A line that brings none gets one made of its bytes, so that
/// importing it again leads to the same memory; when another memory holds that id, the next ordinal is taken, as for
/// messages. One read of the store serves the batch.
/// </summary>
internal sealed class ImportPlacement(IMemoryStore store, ImportBatch batch)
{
    // A memory whose id was taken when it came lies at the second ordinal, also after the first has become free.
    private const int OrdinalsLookedAt = 2;

    private readonly Dictionary<MemoryId, Memory> _stored = [];
    private readonly HashSet<MemoryId> _asked = [];
    private readonly Dictionary<MemoryId, Memory> _placed = [];

    /// <summary>Gives every line its id, and says which ids are new. Nothing else may write between this and the storing of the batch.</summary>
    public async Task PlaceAsync(CancellationToken cancellation)
    {
        await ReadAsync([.. batch.Lines.SelectMany(WantedIds)], cancellation);
        // Ids that lines bring are taken first: they cannot give way.
        foreach (var line in batch.Lines.Where(line => line.Source is null)) _placed[line.Memory.Id] = line.Memory;
        for (var i = 0; i < batch.Lines.Count; i++)
        {
            var line = batch.Lines[i];
            if (line.Source is not null)
            {
                var id = await PlaceAsync(line, cancellation);
                line = line with { Memory = line.Memory with { Id = id }, IsStored = _stored.TryGetValue(id, out var holder) && IsOf(holder, line) };
                _placed.TryAdd(id, line.Memory);
            }

            batch.Lines[i] = line;
            if (!_stored.ContainsKey(line.Memory.Id)) batch.NewIds.Add(line.Memory.Id);
        }
    }

    private async Task<MemoryId> PlaceAsync(ImportedLine line, CancellationToken cancellation)
    {
        MemoryId? free = null;
        for (var ordinal = 0; ordinal < OrdinalsLookedAt || free is null; ordinal++)
        {
            var id = line.MadeId(ordinal);
            if (!_asked.Contains(id)) await ReadAsync([id], cancellation);
            if (!_placed.TryGetValue(id, out var holder) && !_stored.TryGetValue(id, out holder)) free ??= id;
            else if (IsOf(holder, line)) return id;
        }

        return free.Value;
    }

    private static IEnumerable<MemoryId> WantedIds(ImportedLine line)
        => line.Source is null ? [line.Memory.Id] : Enumerable.Range(0, OrdinalsLookedAt).Select(line.MadeId);

    private async Task ReadAsync(List<MemoryId> ids, CancellationToken cancellation)
    {
        _asked.UnionWith(ids);
        await foreach (var memory in store.ReadableAsync(ScanQuery.Of(ids), cancellation)) _stored[memory.Id] = memory;
    }

    /// <summary>Whether a memory is the one that the line leads to. One that has changed since may have more sources and another weight than the line says.</summary>
    private static bool IsOf(Memory holder, ImportedLine line)
    {
        var said = line.Memory;
        var isSame = holder.Scope == said.Scope && holder.Speaker == said.Speaker && holder.Text == said.Text && holder.Kind == said.Kind
            && holder.Session == said.Session && holder.Quote == said.Quote && holder.SpokenAt == said.SpokenAt
            && (!line.HasRecordedAt || holder.RecordedAt == said.RecordedAt)
            && said.Sources.All(holder.Sources.Contains)
            && holder.Attributes.Count == said.Attributes.Count && said.Attributes.All(a => holder.Attributes.TryGetValue(a.Key, out var value) && value == a.Value);
        if (!isSame || holder.Revision != said.Revision) return isSame;
        return holder.Importance.Equals(said.Importance) && holder.Trust == said.Trust && holder.ValidTo == said.ValidTo
            && holder.SupersededBy == said.SupersededBy && holder.Sources.Count == said.Sources.Count;
    }
}
