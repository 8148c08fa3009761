using Mnemo.Backends;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Localization;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Opens the store that the router names; in a new data directory the configured one, which the router then remembers.
/// A store that is away for a moment is waited for.
/// </summary>
internal sealed class StoreOpener(MnemoConfig config, StoreRouter router, StoreRoute? route, EmbeddingFingerprint embedding, RetryLoop retries, TimeProvider clock)
{
    /// <summary>What the router names when that is not what the configuration says.</summary>
    public StoreRoute? Overruling => route is not null && (route.Backend != config.Backend.Name || route.Collection != config.Collection) ? route : null;

    public Task<ActiveStore> OpenAsync(CancellationToken cancellation) => retries.UntilDoneAsync(TryAsync, cancellation);

    /// <summary>Whether nothing is where a durable store was.</summary>
    public static async Task<bool> StoreIsMissing(Backend backend, StoreSettings settings, CancellationToken cancellation)
        => backend.Capabilities.HasFlag(Capabilities.Durable) && !(await backend.ListCollections(settings, cancellation)).Contains(settings.Collection, StringComparer.Ordinal);

    private async Task<ActiveStore> TryAsync(CancellationToken cancellation)
    {
        var backend = route is null ? config.Backend : KnownBackends.Find(route.Backend);
        var settings = config.StoreSettings(route?.Collection ?? config.Collection, embedding, clock);
        // The router names a store after it was made, so one that is not there was taken away: an empty one would hide that.
        if (route is not null && await StoreIsMissing(backend, settings, cancellation))
            throw new MemoryStoreException(backend.Name, "prepare", Strings.For(config.Language)["hosting.store_missing", backend.Name, settings.Collection, route.Since, config.DataDirectory]);
        var store = new GuardedStore(backend.Open(settings), backend, settings, config.GuardOptions);
        try
        {
            await store.PrepareAsync(cancellation);
            if (route is null) await router.SetAsync(backend.Name, settings.Collection, cancellation);
            return new ActiveStore(backend, settings, store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
