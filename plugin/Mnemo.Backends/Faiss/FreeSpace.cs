namespace Mnemo.Backends.Faiss;

/// <summary>Looks for room before a write: LiteDB takes a full disk badly, so it is not let come that far.</summary>
internal static class FreeSpace
{
    private const long Reserve = 16L << 20;

    /// <exception cref="Storage.MemoryStoreException">There is too little room.</exception>
    public static void Require(string directory, long bytes)
    {
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (free < bytes + Reserve) throw FaissFailure.Of(null, Storage.StoreErrorKind.Unavailable, "upsert", "faiss.noroom", bytes + Reserve, free, directory);
    }
}
