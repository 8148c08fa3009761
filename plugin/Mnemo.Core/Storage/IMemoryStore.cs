using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>The one door to a store: one collection of one backend.</summary>
/// <remarks>
/// The contract; the conformance suite has a test for each sentence.
/// <list type="bullet">
/// <item>Safe for concurrent use. Parallel writers lose nothing.</item>
/// <item>A durable write has reached what survives the process when its task completes; an unflushed one has when the next <see cref="CheckpointAsync"/> completes.</item>
/// <item>A write is seen by every <see cref="ReadConsistency.Strong"/> read that begins after its task has completed.</item>
/// <item>An upsert is idempotent by id and replaces the whole record. Of equal ids in one batch the last wins.</item>
/// <item>A batch is stored whole or not at all: a refused batch writes nothing.</item>
/// <item>Every field of a portable record comes back as it went in: times at UTC milliseconds, vectors bit for bit, any Unicode text.</item>
/// <item>What a call has begun to write it finishes, or gives up whole, before its task completes, cancelled or not. Only a remote store may not know: it says <see cref="StoreErrorKind.Unavailable"/> then.</item>
/// <item>No answer of <see cref="GetAsync"/> or <see cref="SearchAsync"/> holds what its scope does not see.</item>
/// <item>An id that is absent, or invisible from the scope, is left out of the answer; it is not an error.</item>
/// <item>A delete takes away the named keys and nothing else, whatever their scope: whoever deletes has read the rows before, in the same turn.</item>
/// <item>Similarity is the cosine, higher is nearer. Answers come nearest first; equal similarities among what is answered by ascending id.</item>
/// <item>A search of an exact store answers the nearest of what passes the filter, not what passes of the nearest.</item>
/// <item>A search leaves out what is less similar than the query demands.</item>
/// <item>A filter passes exactly what <see cref="MemoryFilter.Matches"/> passes.</item>
/// <item>A scan comes in the order of the ids, ascending or descending, within its bounds, no longer than its limit, and can be resumed after any id.</item>
/// <item>A row that cannot be read is handed out as such by a scan, which goes on.</item>
/// <item>A checkpoint keeps the stamp, which is never ahead of the rows that it covers; the next <see cref="PrepareAsync"/> answers it.</item>
/// <item>After a purge that answers <see cref="PurgeReceipt.Purged"/> no file of the store holds a byte of what was deleted or replaced.</item>
/// <item>Cancellation stops a call; what was not acknowledged may or may not be stored, whole.</item>
/// <item>A failure is a <see cref="MemoryStoreException"/> that says of which kind it is.</item>
/// </list>
/// A store may be remote: every call may be slow, fail for a moment or time out, so callers write in batches.
/// </remarks>
public interface IMemoryStore : IAsyncDisposable
{
    /// <summary>
    /// Opens the collection, makes it when it is absent, and checks that its fingerprint is the expected one.
    /// Answers the stamp of the last checkpoint; null when it has none yet.
    /// </summary>
    Task<StoreStamp?> PrepareAsync(CancellationToken cancellation);

    /// <summary>Writes a batch.</summary>
    Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation);

    /// <summary>Deletes by key; returns how many were there. Bytes may linger in files until <see cref="PurgeAsync"/>.</summary>
    Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation);

    /// <summary>Makes every write before it durable, and keeps the stamp.</summary>
    Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation);

    /// <summary>Leaves no byte of what was deleted or replaced in a file, or says what that waits for.</summary>
    Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation);

    /// <summary>Reads by id what the scope sees, in ascending id order.</summary>
    Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation);

    /// <summary>The nearest memories that the scope sees.</summary>
    Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation);

    /// <summary>
    /// Every memory that passes, whatever its scope: the operator's door, for export, migration, rebuilding and erasure.
    /// What comes out of it is shown to a person only behind a permission or after a check of whose it is.
    /// </summary>
    IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation);

    /// <summary>How many pass, whatever their scope: a number, never a text. Always as <see cref="ReadConsistency.Strong"/>.</summary>
    Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation);
}

/// <summary>When a write is durable.</summary>
public enum WriteDurability
{
    /// <summary>When its task completes.</summary>
    Durable,

    /// <summary>At the next checkpoint, for bulk writes that can be repeated; a store that gains nothing by it may be durable at once.</summary>
    Unflushed,
}

/// <summary>How fresh a read must be.</summary>
public enum ReadConsistency
{
    /// <summary>As the store likes best; a remote one may not show the last writes yet.</summary>
    Eventual,

    /// <summary>Shows every write that had completed before the read began.</summary>
    Strong,
}

/// <summary>A question by vector.</summary>
/// <param name="Vector">As many floats as the store's fingerprint says; not zero.</param>
/// <param name="Top">How many answers at most; 1 to 1,000.</param>
/// <param name="Filter">What must hold besides the scope.</param>
public sealed record VectorQuery(ReadOnlyMemory<float> Vector, int Top, MemoryFilter Filter)
{
    /// <summary>The cosine that an answer must have at least, so that a store need not read what nobody wants; -1 to 1.</summary>
    public float LeastSimilarity { get; init; } = -1;

    /// <summary>How fresh the answers must be.</summary>
    public ReadConsistency Consistency { get; init; }
}

/// <summary>What a purge has done.</summary>
/// <param name="Pending">What the bytes still wait for, a key of the texts; null when they are gone.</param>
public sealed record PurgeReceipt(string? Pending)
{
    /// <summary>No file holds a deleted byte.</summary>
    public static PurgeReceipt Purged { get; } = new((string?)null);

    /// <summary>Whether the bytes are gone.</summary>
    public bool IsPurged => Pending is null;
}
