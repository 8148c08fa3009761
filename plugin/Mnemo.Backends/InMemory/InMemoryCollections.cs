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
            if (collection.Users > 0) throw new MemoryStoreException(InMemoryBackend.Description.Name, "drop", $"The collection '{settings.Collection}' is open; close it before dropping it.");
            return Known.Remove(key);
        }
    }

    private static MemoryStoreException Mismatch(StoreSettings settings, EmbeddingFingerprint found) => new(
        InMemoryBackend.Description.Name,
        "prepare",
        $"The collection '{settings.Collection}' holds vectors of {found}, not of {settings.Embedding}; use that embedding again, or choose another collection and re-embed.");
}

/// <summary>The rows of one collection. A reader takes the whole state at once, so it never sees half a batch.</summary>
internal sealed class InMemoryCollection(EmbeddingFingerprint embedding)
{
    private readonly Lock _writing = new();
    private ImmutableSortedDictionary<MemoryId, Memory> _rows = ImmutableSortedDictionary<MemoryId, Memory>.Empty;

    public EmbeddingFingerprint Embedding { get; } = embedding;

    public int Users { get; set; }

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
