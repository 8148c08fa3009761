using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>Memories on their way from the parser to the store, with the lines that they came from.</summary>
internal sealed class ImportBatch
{
    public List<ImportedLine> Lines { get; } = [];

    /// <summary>How far into the stream it reaches.</summary>
    public long Bytes { get; set; }

    /// <summary>The ids that neither the store nor an earlier line had. The line that is stored first under one takes it out.</summary>
    public HashSet<MemoryId> NewIds { get; } = [];

    public long LineOf(MemoryId id) => Lines.FindLast(line => line.Memory.Id == id)!.Number;

    /// <summary>How many of these lines, which are stored now, lead to a memory that was there already.</summary>
    public int CountPresent(IEnumerable<Memory> stored) => stored.Count(memory => !NewIds.Remove(memory.Id));
}

/// <summary>A line that is a memory.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Memory">The memory; its vector is empty when it has to be made.</param>
/// <param name="SaidAt">When it was said, as far as the line knows.</param>
internal sealed record ImportedLine(long Number, Memory Memory, DateTimeOffset? SaidAt)
{
    /// <summary>What its id is made of; null when the line brings an id of its own.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the line says when it was recorded.</summary>
    public bool HasRecordedAt { get; init; }

    /// <summary>Whether the store holds it as it is, so that nothing has to be written.</summary>
    public bool IsStored { get; init; }

    /// <summary>The id that is made of <see cref="Source"/>; the next ordinal is for when another memory holds it.</summary>
    public MemoryId MadeId(int ordinal) => MemoryId.From(SaidAt ?? DateTimeOffset.UnixEpoch, Source!, ordinal);
}
