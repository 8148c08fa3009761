using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>The one door to a store: one collection of one backend.</summary>
/// <remarks>
/// The contract; the conformance suite has a test for each sentence.
/// <list type="bullet">
/// <item>Safe for concurrent use. Parallel writers lose nothing.</item>
/// <item>A write is durable and readable when its task completes, by every reader (read your writes).</item>
/// <item>An upsert is idempotent by id and replaces the whole record. Of equal ids in one batch the last wins.</item>
/// <item>A batch is stored whole or not at all: a refused batch writes nothing.</item>
/// <item>Every field comes back as it went in: times at UTC milliseconds, vectors bit for bit, any Unicode text.</item>
/// <item>No call but <see cref="ScanAsync"/> and <see cref="CountAsync"/> answers or touches what its scope does not see.</item>
/// <item>An id that is absent, or invisible from the scope, is left out of the answer; it is not an error.</item>
/// <item>Similarity is the cosine, higher is nearer. Answers come nearest first, equal similarities by ascending id.</item>
/// <item>A search with a filter answers the nearest of what passes the filter, not what passes of the nearest.</item>
/// <item>A search leaves out what is less similar than the query demands.</item>
/// <item>A filter passes exactly what <see cref="MemoryFilter.Matches"/> passes.</item>
/// <item>A scan comes in ascending id order and can be resumed after any id.</item>
/// <item>After <see cref="Erasure.Physical"/> no file of the store holds a byte of the deleted text.</item>
/// <item>Cancellation stops a call; what was not acknowledged may or may not be stored, whole.</item>
/// <item>A failure is a <see cref="MemoryStoreException"/> that says whether trying again may help.</item>
/// </list>
/// A store may be remote: every call may be slow, fail for a moment or time out, so callers write in batches.
/// </remarks>
public interface IMemoryStore : IAsyncDisposable
{
    /// <summary>Opens the collection, makes it when it is absent, and checks that its fingerprint is the expected one.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Writes a batch.</summary>
    Task UpsertAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation);

    /// <summary>Reads by id, in ascending id order.</summary>
    Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, CancellationToken cancellation);

    /// <summary>
    /// Deletes by id; returns how many were there. With <see cref="Erasure.Physical"/> it also purges what earlier
    /// deletes left behind, so several scopes can be deleted first and purged by one last, possibly empty, call.
    /// </summary>
    Task<int> DeleteAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, Erasure erasure, CancellationToken cancellation);

    /// <summary>The nearest memories that the scope sees.</summary>
    Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation);

    /// <summary>
    /// Every memory that passes, whatever its scope: the operator's door, for export, migration, rebuilding and erasure.
    /// What comes out of it is shown to a person only behind a permission or after a check of whose it is.
    /// </summary>
    IAsyncEnumerable<Memory> ScanAsync(MemoryId? after, MemoryFilter filter, CancellationToken cancellation);

    /// <summary>How many pass, whatever their scope: a number, never a text.</summary>
    Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation);
}

/// <summary>A question by vector.</summary>
/// <param name="Vector">As many floats as the store's fingerprint says; not zero.</param>
/// <param name="Top">How many answers at most; 1 to 1,000.</param>
/// <param name="Filter">What must hold besides the scope.</param>
public sealed record VectorQuery(ReadOnlyMemory<float> Vector, int Top, MemoryFilter Filter)
{
    /// <summary>The cosine that an answer must have at least, so that a store need not read what nobody wants; -1 to 1.</summary>
    public float LeastSimilarity { get; init; } = -1;
}

/// <summary>How thorough a deletion is.</summary>
public enum Erasure
{
    /// <summary>Gone from every answer at once; bytes may linger in files until the next purge.</summary>
    Logical,

    /// <summary>Gone from the files too.</summary>
    Physical,
}
