namespace Mnemo.Storage;

/// <summary>Whose rows a store holds, and up to which number of the write log.</summary>
/// <param name="SetId">The id of the set of memories: the same through migration and re-embedding, a new one after a restore by hand.</param>
/// <param name="Mark">Every write up to this number of the write log is in the store.</param>
public sealed record StoreStamp(string SetId, long Mark)
{
    /// <summary>The set that this one was copied from; null for an original.</summary>
    public string? CopyOf { get; init; }

    /// <summary>Up to which number of the original's write log it was copied.</summary>
    public long CopiedUntil { get; init; }

    /// <summary>The id of a new set.</summary>
    public static string NewSetId() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(32, lowercase: true);
}
