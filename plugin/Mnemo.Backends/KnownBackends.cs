using Mnemo.Storage;

namespace Mnemo.Backends;

/// <summary>The one list of backends. A new one is its folder and its line here.</summary>
public static class KnownBackends
{
    /// <summary>Every backend, the default one first.</summary>
    public static IReadOnlyList<Backend> All { get; } =
    [
        Faiss.FaissBackend.Description,
        InMemory.InMemoryBackend.Description,
    ];

    /// <summary>The backend of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are. Never a fallback.</exception>
    public static Backend Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(b => string.Equals(b.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        var names = All.Select(b => b.Name).ToList();
        var meant = Spelling.Nearest(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        throw new ArgumentException($"There is no backend '{name}'.{meant} Known: {string.Join(", ", names)}.");
    }
}
