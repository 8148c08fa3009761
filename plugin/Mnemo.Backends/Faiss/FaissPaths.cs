using Mnemo.Backends.Rows;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>The names in a collection's directory.</summary>
internal sealed class FaissPaths
{
    public const string ManifestName = "manifest.json";
    private const int MaxNameLength = 120;

    public FaissPaths(StoreSettings settings)
    {
        Root = Path.GetFullPath(settings.Option(FaissBackend.DataPath), settings.DataDirectory);
        Directory = Path.Combine(Root, settings.Collection);
    }

    /// <summary>The directory of all collections.</summary>
    public string Root { get; }

    public string Directory { get; }

    public string Manifest => Path.Combine(Directory, ManifestName);

    public string Lock => Path.Combine(Directory, "lock");

    public string Segments => Path.Combine(Directory, "segments");

    public string Segment(int number) => SegmentSet.PathOf(Segments, number);

    public string Records(string name) => Path.Combine(Directory, name);

    public string Snapshot(int number) => Path.Combine(Directory, $"gen-{number}");

    public string Index(int snapshot) => Path.Combine(Snapshot(snapshot), "index.faiss");

    public string Rows(int snapshot) => Path.Combine(Snapshot(snapshot), "rows.bin");

    /// <summary>What is wrong with a collection's name; null when it can be a directory's.</summary>
    public static string? Flaw(string collection)
    {
        if (collection.Length is 0 or > MaxNameLength) return $"a collection's name has 1 to {MaxNameLength} characters";
        if (collection[0] == '.') return $"the collection's name '{collection}' starts with a dot";
        return collection.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.') ? null : $"the collection's name '{collection}' holds something else than letters, digits, '_', '-' and '.'";
    }
}
