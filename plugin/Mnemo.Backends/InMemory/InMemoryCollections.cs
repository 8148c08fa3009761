using System.Collections.Immutable;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.InMemory;

/// <summary>
/// The collections of this process, by data directory: a store that is closed and opened again finds its rows, as
/// it would on a disk.
/// </summary>
internal static class InMemoryCollections
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Directory, string Collection), InMemoryCollection> Known = [];

    public static InMemoryCollection Open(StoreSettings settings)
    {
        lock (Gate)
        {
            var key = (settings.DataDirectory, settings.Collection);
            if (!Known.TryGetValue(key, out var collection)) Known[key] = collection = new InMemoryCollection(settings.Embedding);
            if (collection.Embedding != settings.Embedding) throw Mismatch(settings, collection.Embedding);
            collection.Users++;
            return collection;
        }
    }

    public static void Close(InMemoryCollection collection)
    {
        lock (Gate) collection.Users--;
    }

    public static StoreInspection? Inspect(StoreSettings settings)
    {
        lock (Gate)
        {
            return Known.TryGetValue((settings.DataDirectory, settings.Collection), out var collection)
                ? new StoreInspection(null, collection.Rows.Count, collection.Embedding, collection.Stamp?.SetId, collection.Users > 0 ? "this process" : null)
                : null;
        }
    }

    public static IReadOnlyList<string> List(StoreSettings settings)
    {
        lock (Gate)
        {
            return [.. Known.Keys.Where(k => k.Directory == settings.DataDirectory).Select(k => k.Collection).Order(StringComparer.Ordinal)];
        }
    }

    public static bool Drop(StoreSettings settings)
    {
        lock (Gate)
        {
            var key = (settings.DataDirectory, settings.Collection);
            if (!Known.TryGetValue(key, out var collection)) return false;
            if (collection.Users > 0) throw new MemoryStoreException(StoreErrorKind.Misconfigured, InMemoryBackend.Description.Name, "drop", "store.drop.open", settings.Collection);
            return Known.Remove(key);
        }
    }

    private static MemoryStoreException Mismatch(StoreSettings settings, EmbeddingFingerprint found) => new(
        StoreErrorKind.Misconfigured, InMemoryBackend.Description.Name, "prepare", "store.embedding.differs", settings.Collection, found, settings.Embedding);
}

/// <summary>The rows of one collection. A reader takes the whole state at once, so it never sees half a batch.</summary>
internal sealed class InMemoryCollection(EmbeddingFingerprint embedding)
{
    private readonly Lock _writing = new();
    private ImmutableSortedDictionary<MemoryId, Memory> _rows = ImmutableSortedDictionary<MemoryId, Memory>.Empty;

    public EmbeddingFingerprint Embedding { get; } = embedding;

    public int Users { get; set; }

    public StoreStamp? Stamp { get; set; }

    public ImmutableSortedDictionary<MemoryId, Memory> Rows => Volatile.Read(ref _rows);

    public void Write(Action<ImmutableSortedDictionary<MemoryId, Memory>.Builder> change)
    {
        lock (_writing)
        {
            var next = _rows.ToBuilder();
            change(next);
            Volatile.Write(ref _rows, next.ToImmutable());
        }
    }
}
