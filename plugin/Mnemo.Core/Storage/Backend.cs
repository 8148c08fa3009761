using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>
/// All that the rest of the program knows of a backend. Holds no vendor type, so that a missing library of one
/// backend cannot take the list of all of them down.
/// </summary>
public sealed record Backend
{
    /// <summary>The name in <c>vector_database_type</c> and in store URIs; lower case.</summary>
    public required string Name { get; init; }

    /// <summary>One line for tables and help.</summary>
    public required string Summary { get; init; }

    /// <summary>What it needs to run, for tables and help: <c>nothing</c>, <c>a server</c>, ….</summary>
    public required string Needs { get; init; }

    /// <summary>What it can do.</summary>
    public required Capabilities Capabilities { get; init; }

    /// <summary>The settings it reads, with defaults; the configuration schema is made from them.</summary>
    public IReadOnlyList<BackendOption> Options { get; init; } = [];

    /// <summary>The option that says where its stores lie, so that each address has an option set of its own; null where there is no place.</summary>
    public BackendOption? Location { get; init; }

    /// <summary>Makes an address of a place as somebody wrote it; relative paths start in the data directory.</summary>
    public Func<string, string, string> Place { get; init; } = (location, _) => location;

    /// <summary>Whether the store itself evaluates a filter; where it does not, the guard does on paged rows. Asked of leaves and of whole trees.</summary>
    public Func<MemoryFilter, bool> Translates { get; init; } = _ => true;

    /// <summary>Problems of the settings, each one line that names the remedy. Touches nothing.</summary>
    public Func<StoreSettings, IReadOnlyList<string>> Validate { get; init; } = _ => [];

    /// <summary>Makes the store object; <see cref="IMemoryStore.PrepareAsync"/> does the work.</summary>
    public required Func<StoreSettings, IMemoryStore> Open { get; init; }

    /// <summary>The collections that exist at the settings' location.</summary>
    public required Func<StoreSettings, CancellationToken, Task<IReadOnlyList<string>>> ListCollections { get; init; }

    /// <summary>Looks at the settings' collection without opening it; null when it is not there.</summary>
    public required Func<StoreSettings, CancellationToken, Task<StoreInspection?>> Inspect { get; init; }

    /// <summary>The address that settings mean.</summary>
    public StoreAddress AddressOf(StoreSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var location = Location is { } option ? Place(settings.Option(option), settings.DataDirectory) : "";
        return new StoreAddress(Name, location, StoreAddress.Split(settings.Collection).Collection);
    }

    /// <summary>Destroys the settings' collection, which must not be open; false when it was not there.</summary>
    public required Func<StoreSettings, CancellationToken, Task<bool>> DropCollection { get; init; }
}

/// <summary>What a backend can do.</summary>
[Flags]
public enum Capabilities
{
    /// <summary>Nothing beyond the contract.</summary>
    None = 0,

    /// <summary>Keeps its contents when the process ends.</summary>
    Durable = 1,

    /// <summary>Runs inside the process; no server.</summary>
    Embedded = 2,

    /// <summary>A search compares with every vector: its answers are the nearest, always.</summary>
    Exact = 4,

    /// <summary>A durable write survives a power cut, not only the end of the process.</summary>
    SurvivesPowerCut = 8,
}

/// <summary>A setting of a backend.</summary>
/// <param name="Key">The dotted configuration key, as <c>faiss_config.faiss_index_type</c>.</param>
/// <param name="Default">The value when it is absent.</param>
/// <param name="Summary">One line for the docs table.</param>
/// <param name="Allowed">The values that can be chosen; empty for free text or numbers.</param>
/// <param name="IsNumber">Whether the value is a whole number.</param>
public sealed record BackendOption(string Key, string Default, string Summary, IReadOnlyList<string> Allowed, bool IsNumber = false)
{
    /// <summary>False for a setting that is accepted, checked, and has no effect in this version.</summary>
    public bool IsUsed { get; init; } = true;

    /// <summary>True for a password or a token: it is shown nowhere, and belongs into the environment or a file.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>Where and how to open a store.</summary>
/// <param name="DataDirectory">The absolute data directory; relative paths in options start here.</param>
/// <param name="Collection">The collection, under the name that the backend keeps it by.</param>
/// <param name="Embedding">The fingerprint that its vectors must have.</param>
public sealed record StoreSettings(string DataDirectory, string Collection, EmbeddingFingerprint Embedding)
{
    /// <summary>The collection when nothing else is said.</summary>
    public const string DefaultCollection = "mnemosyne_default";

    /// <summary>The backend's options by dotted key; absent ones take the default of their <see cref="BackendOption"/>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Takes what a store repairs or puts up with by itself; never a text of a memory.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>The same with the options of an address: its place instead of the configured one.</summary>
    public StoreSettings At(Backend backend, StoreAddress address, int generation = 1)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(address);
        return this with
        {
            Collection = address.CollectionOf(generation),
            Options = backend.Location is { } place ? new Dictionary<string, string>(Options, StringComparer.Ordinal) { [place.Key] = address.Location } : Options,
        };
    }

    /// <summary>The value of an option.</summary>
    public string Option(BackendOption option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return Options.TryGetValue(option.Key, out var value) && value.Length > 0 ? value : option.Default;
    }
}
