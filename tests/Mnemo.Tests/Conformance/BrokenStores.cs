using Mnemo.Backends;
using Mnemo.Storage;

namespace Mnemo.Tests.Conformance;

/// <summary>A backend with a fault.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Breaks">The promises that show it, by name.</param>
internal sealed record BrokenStore(Backend Backend, params IReadOnlyList<string> Breaks)
{
    /// <summary>A promise near by that it keeps.</summary>
    public string Keeps { get; init; } = nameof(FilterConformance.A_long_list_of_values_is_a_filter_too);
}

/// <summary>For each promise of the suite a store that breaks it.</summary>
internal static partial class BrokenStores
{
    private const Capabilities Reopened = Capabilities.Durable | Capabilities.Exact;

    /// <summary>The reference, which keeps its rows over a reopening while the process lives.</summary>
    public static Backend Reference { get; } = KnownBackends.Find("inmemory");

    /// <summary>The same, held to the promises of a durable store that is no file of ours.</summary>
    public static Backend Durable { get; } = Reference with { Capabilities = Reopened };

    /// <summary>All of them by what is wrong.</summary>
    public static IReadOnlyDictionary<string, BrokenStore> All { get; } = Writes.Concat(Deletions).Concat(Reads).Concat(Searches).Concat(Scans).Concat(Stamps).Concat(Collections)
        .ToDictionary(s => s.Name, s => s.Store, StringComparer.Ordinal);

    private static BrokenStore Broken(Func<IMemoryStore, IMemoryStore> wrap, params IReadOnlyList<string> breaks) => new(Wrapped(Reference, wrap), breaks);

    private static Backend Wrapped(Backend backend, Func<IMemoryStore, IMemoryStore> wrap) => backend with { Open = settings => wrap(backend.Open(settings)) };
}
