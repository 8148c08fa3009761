using System.Text;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>The limits that <see cref="GuardedStore"/> holds every store to.</summary>
/// <param name="MaxBatchRows">Most memories in one upsert.</param>
/// <param name="MaxBatchBytes">Most bytes in one upsert, vectors and texts together.</param>
/// <param name="TimeoutMs">How long one attempt may take.</param>
/// <param name="Retries">How often a transient failure is tried again.</param>
/// <param name="RetryDelayMs">The wait before the first retry; it doubles each time, with jitter.</param>
public sealed record GuardOptions(
    int MaxBatchRows = 1000,
    int MaxBatchBytes = 8 * 1024 * 1024,
    int TimeoutMs = 30_000,
    int Retries = 3,
    int RetryDelayMs = 200)
{
    /// <summary>How long opening, rebuilding and purging may take.</summary>
    public int LongTimeoutMs { get; init; } = 30 * 60_000;

    /// <summary>How long a read that a person waits for may take, all attempts together.</summary>
    public int InteractiveTimeoutMs { get; init; } = 2000;

    /// <summary>How often such a read is tried again.</summary>
    public int InteractiveRetries { get; init; } = 1;

    /// <summary>The source of jitter, 0 to 1; null takes the system's.</summary>
    public Func<double>? Jitter { get; init; }

    /// <summary>
    /// Cuts a list into batches within the limits, in order. The guard itself never cuts an upsert, because a batch
    /// is stored whole or not at all: whoever writes more than a batch decides where it may break.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Memory>> Split(IReadOnlyList<Memory> memories)
    {
        ArgumentNullException.ThrowIfNull(memories);
        List<IReadOnlyList<Memory>> batches = [];
        List<Memory> batch = [];
        var bytes = 0L;
        foreach (var memory in memories)
        {
            var size = Weigh(memory);
            if (batch.Count > 0 && (batch.Count == MaxBatchRows || bytes + size > MaxBatchBytes))
            {
                batches.Add(batch);
                batch = [];
                bytes = 0;
            }

            batch.Add(memory);
            bytes += size;
        }

        if (batch.Count > 0) batches.Add(batch);
        return batches;
    }

    /// <summary>What a memory counts for against <see cref="MaxBatchBytes"/>.</summary>
    internal static long Weigh(Memory memory)
    {
        const int fixedFields = 256;
        var bytes = fixedFields + ((long)memory.Vector.Length * sizeof(float)) + Encoding.UTF8.GetByteCount(memory.Text) + Encoding.UTF8.GetByteCount(memory.Quote);
        foreach (var source in memory.Sources) bytes += source.MessageId.Length + source.Link.Length;
        foreach (var (key, value) in memory.Attributes) bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        return bytes;
    }
}
