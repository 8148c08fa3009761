using System.Runtime.CompilerServices;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>What to scan, and how.</summary>
/// <param name="Filter">What passes.</param>
public sealed record ScanQuery(MemoryFilter Filter)
{
    /// <summary>Every row.</summary>
    public static ScanQuery Everything { get; } = new(MemoryFilter.Everything);

    /// <summary>Where to go on: the first row comes after this id, in the direction of the scan. Null for the beginning.</summary>
    public MemoryId? After { get; init; }

    /// <summary>The last id that may come; null for no bound.</summary>
    public MemoryId? Until { get; init; }

    /// <summary>Whether the greatest id comes first.</summary>
    public bool IsDescending { get; init; }

    /// <summary>How many rows at most; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether the vectors are needed; without them they come empty.</summary>
    public bool WithVectors { get; init; } = true;

    /// <summary>How fresh the rows must be.</summary>
    public ReadConsistency Consistency { get; init; } = ReadConsistency.Strong;

    /// <summary>The rows of these ids.</summary>
    public static ScanQuery Of(IReadOnlyList<MemoryId> ids) => new(MemoryFilter.Ids(ids));

    /// <summary>Whether an id lies within the bounds.</summary>
    public bool Includes(MemoryId id) => IsDescending
        ? (After is not { } from || id < from) && (Until is not { } last || id >= last)
        : (After is not { } start || id > start) && (Until is not { } end || id <= end);
}

/// <summary>A row of a scan.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Memory">The memory. Of a row whose vector alone is damaged it comes without a vector; null when nothing of it can be read.</param>
/// <param name="Damage">What is wrong with it, a key of the texts; null when all is well.</param>
public readonly record struct ScannedRow(MemoryId Id, Memory? Memory, string? Damage = null)
{
    /// <summary>A row without fault.</summary>
    public static ScannedRow Of(Memory memory) => new(memory.Id, memory);

    /// <summary>Whether it is whole.</summary>
    public bool IsWhole => Damage is null;
}

/// <summary>Scans for those who want memories.</summary>
public static class StoreScans
{
    /// <summary>Rows whose vector cannot be read, and those of which nothing can be, are left out: for whoever needs whole ones and counts nothing.</summary>
    public static async IAsyncEnumerable<Memory> WholeAsync(this IMemoryStore store, ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        await foreach (var row in store.ScanAsync(query, cancellation))
        {
            if (row is { IsWhole: true, Memory: { } memory }) yield return memory;
        }
    }

    /// <summary>All whose text can be read; one whose vector is damaged comes without it.</summary>
    public static async IAsyncEnumerable<Memory> ReadableAsync(this IMemoryStore store, ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        await foreach (var row in store.ScanAsync(query, cancellation))
        {
            if (row.Memory is { } memory) yield return memory;
        }
    }
}
