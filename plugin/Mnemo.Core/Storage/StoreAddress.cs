using System.Globalization;
using System.Text.RegularExpressions;

namespace Mnemo.Storage;

/// <summary>
/// Where a store is: the name of its backend, its place in that backend's own terms, and the collection as people know
/// it. Holds no secret. An address has generations, of which the router names the one in force: the first bears the
/// collection's name, later ones <c>NAME__gN</c>.
/// </summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Location">A directory, a file or a URI; empty where the backend has no place. A path within the data directory is relative to it.</param>
/// <param name="Collection">The collection's name, without a generation.</param>
public sealed partial record StoreAddress(string Backend, string Location, string Collection)
{
    private const char CollectionMark = '#', SchemeMark = ':';

    /// <summary>The address as a URI: <c>BACKEND:LOCATION#COLLECTION</c>; the collection is left out when it is the default one.</summary>
    public override string ToString() => Collection == StoreSettings.DefaultCollection
        ? $"{Backend}{SchemeMark}{Location}"
        : $"{Backend}{SchemeMark}{Location}{CollectionMark}{Collection}";

    /// <summary>The name under which the backend keeps a generation.</summary>
    public string CollectionOf(int generation) => generation <= 1 ? Collection : string.Create(CultureInfo.InvariantCulture, $"{Collection}__g{generation}");

    /// <summary>The name that people know and the generation, of a name that a backend lists.</summary>
    public static (string Collection, int Generation) Split(string listed)
    {
        var match = GenerationName().Match(listed);
        return match.Success && int.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 1
            ? (match.Groups["name"].Value, number)
            : (listed, 1);
    }

    /// <summary>Whether a name ends like a generation, which a collection's name may not.</summary>
    public static bool IsGeneration(string name) => GenerationName().IsMatch(name);

    /// <summary>Reads <c>BACKEND:LOCATION[#COLLECTION]</c>; null when no backend is named.</summary>
    public static StoreAddress? TryParse(string uri, IEnumerable<string> backends)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(backends);
        var colon = uri.IndexOf(SchemeMark, StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : uri[..colon];
        if (backends.FirstOrDefault(b => b.Equals(scheme, StringComparison.OrdinalIgnoreCase)) is not { } backend) return null;
        var rest = uri[(colon + 1)..];
        var mark = rest.LastIndexOf(CollectionMark);
        return mark < 0
            ? new StoreAddress(backend, rest, StoreSettings.DefaultCollection)
            : new StoreAddress(backend, rest[..mark], rest[(mark + 1)..] is { Length: > 0 } collection ? collection : StoreSettings.DefaultCollection);
    }

    /// <summary>A path as an address keeps it: relative to the data directory when it lies within, else absolute.</summary>
    public static string Place(string path, string dataDirectory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, dataDirectory));
        var relative = Path.GetRelativePath(dataDirectory, full);
        return relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathRooted(relative) ? full : relative;
    }

    [GeneratedRegex("^(?<name>.+)__g(?<number>[0-9]+)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GenerationName();
}

/// <summary>What can be seen of a store without opening it.</summary>
/// <param name="Bytes">What it takes on disk; null where that cannot be told.</param>
/// <param name="Rows">How many rows it holds; null where only opening tells.</param>
/// <param name="Embedding">What made its vectors; null where only opening tells.</param>
/// <param name="SetId">The set of memories that it holds; null when it has no stamp, or where only opening tells.</param>
/// <param name="Owner">Who has it open, for people; null when nobody has.</param>
public sealed record StoreInspection(long? Bytes, long? Rows, Memories.EmbeddingFingerprint? Embedding, string? SetId, string? Owner);
