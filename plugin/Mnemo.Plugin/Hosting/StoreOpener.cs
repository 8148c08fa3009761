using Mnemo.Backends;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
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

    private async Task<ActiveStore> TryAsync(CancellationToken cancellation)
    {
        var backend = route is null ? config.Backend : KnownBackends.Find(route.Backend);
        var settings = config.StoreSettings(route?.Collection ?? config.Collection, embedding, clock);
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
