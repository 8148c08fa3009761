using Mnemo.Storage;

namespace Mnemo.Backends.InMemory;

/// <summary>The reference implementation: what the contract means, in the fewest lines.</summary>
public static class InMemoryBackend
{
    /// <summary>The descriptor.</summary>
    public static Backend Description { get; } = new()
    {
        Name = "inmemory",
        Summary = "Reference implementation; forgets when the process ends",
        Needs = "nothing",
        Capabilities = Capabilities.Embedded | Capabilities.Exact,
        Open = settings => new InMemoryStore(settings),
        ListCollections = (settings, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Task.FromResult(InMemoryCollections.List(settings));
        },
        Inspect = (settings, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Task.FromResult(InMemoryCollections.Inspect(settings));
        },
        DropCollection = (settings, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Task.FromResult(InMemoryCollections.Drop(settings));
        },
    };
}
