using Mnemo.Backends;
using Mnemo.Capture;
using Mnemo.Embedding;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Opens the store that the router names, with the embedder of its set; in a new data directory the configured one,
/// which the router then remembers. What does not belong together is named and never mixed. A store that is away for a
/// moment is waited for.
/// </summary>
internal sealed class StoreOpener(MnemoConfig config, LocalEmbedder configured, StoreRouter router, WriteLog log, RetryLoop retries, StartNotices notices, TimeProvider clock)
{
    public Task<ActiveStore> OpenAsync(CancellationToken cancellation) => retries.UntilDoneAsync(TryAsync, cancellation);

    private async Task<ActiveStore> TryAsync(CancellationToken cancellation)
    {
        var meant = config.Backend.AddressOf(config.StoreSettings(config.Collection, configured.Fingerprint, clock));
        var known = await router.GetAsync(cancellation);
        var route = await PlacedAsync(known ?? new StoreRoute(meant, 1, "", null), known is not null, meant, cancellation);
        var backend = KnownBackends.Find(route.Address.Backend);
        var settings = await SettingsOfAsync(route, cancellation);
        if (route.Address != meant) notices.Add("hosting.router_wins", route.Address, route.Since, meant);
        if (settings.Embedding != configured.Fingerprint) notices.Add("hosting.embedding_stays", settings.Embedding, configured.Fingerprint);
        var store = new GuardedStore(backend.Open(settings), backend, settings, config.GuardOptions);
        try
        {
            var stamp = await store.PrepareAsync(cancellation);
            (route, stamp) = await IdentifyAsync(backend, store, route with { Embedding = settings.Embedding }, stamp, known is not null, cancellation);
            return new ActiveStore(backend, settings, store)
            {
                Address = route.Address, Generation = route.Generation, Stamp = stamp, RouteNumber = route.Number, Embedder = EmbedderOf(settings.Embedding),
            };
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>The route with the place where its store is; a store that is not there is said to be missing, never taken for an empty one.</summary>
    private async Task<StoreRoute> PlacedAsync(StoreRoute route, bool isKnown, StoreAddress meant, CancellationToken cancellation)
    {
        var backend = KnownBackends.Find(route.Address.Backend);
        if (!route.IsPlaced) route = route with { Address = backend.AddressOf(config.StoreSettings(route.Address.Collection, configured.Fingerprint, clock)), IsPlaced = true };
        if (!isKnown || !backend.Capabilities.HasFlag(Capabilities.Durable) || await InspectAsync(route, cancellation) is not null) return route;

        // Somebody moved it and has told the configuration where to.
        var moved = route with { Address = meant };
        if (meant != route.Address && await InspectAsync(moved, cancellation) is { SetId: { } set } && set == route.SetId)
        {
            notices.Add("hosting.store_moved", route.Address, meant);
            return moved;
        }

        if (route is { SetId.Length: 0, Number: 0 }) return route;
        throw new MemoryStoreException(StoreErrorKind.Misconfigured, backend.Name, "prepare", "store.missing", route.Address, route.Address.Collection, config.DataDirectory);
    }

    private async Task<StoreInspection?> InspectAsync(StoreRoute route, CancellationToken cancellation)
    {
        var backend = KnownBackends.Find(route.Address.Backend);
        return await backend.Inspect(config.StoreSettings(route.Address.Collection, configured.Fingerprint, clock).At(backend, route.Address, route.Generation), cancellation);
    }

    // The embedder belongs to the set: what made its vectors goes on making them, whatever the configuration names now.
    private async Task<StoreSettings> SettingsOfAsync(StoreRoute route, CancellationToken cancellation)
    {
        var backend = KnownBackends.Find(route.Address.Backend);
        var embedding = route.Embedding ?? (await InspectAsync(route, cancellation))?.Embedding ?? configured.Fingerprint;
        return config.StoreSettings(route.Address.Collection, embedding, clock).At(backend, route.Address, route.Generation);
    }

    private async Task<(StoreRoute Route, StoreStamp Stamp)> IdentifyAsync(
        Backend backend, IMemoryStore store, StoreRoute route, StoreStamp? stamp, bool isKnown, CancellationToken cancellation)
    {
        var last = await log.LastAsync(cancellation);
        switch (!backend.Capabilities.HasFlag(Capabilities.Durable) ? StoreIdentity.Unknown : StoreIdentities.Judge(route, stamp, last))
        {
            case StoreIdentity.Unknown:
                if (isKnown && route.SetId.Length == 0) notices.Add("hosting.upgraded", route.Address);
                return await StampAsync(store, route with { SetId = StoreStamp.NewSetId() }, last, cancellation);
            case StoreIdentity.Unfinished:
                return await StampAsync(store, route, last, cancellation);
            case StoreIdentity.Same:
                var same = route with { Mark = Math.Max(route.Mark, stamp!.Mark) };
                return (same == await router.GetAsync(cancellation) ? same : await router.SaveAsync(same, cancellation), stamp);
            case StoreIdentity.RestoredByHand:
                throw Stranger("store.restored", stamp!.Mark, route.Mark);
            case StoreIdentity.WrittenElsewhere:
                throw Stranger("store.written_elsewhere", stamp!.Mark, last);
            default:
                throw Stranger("store.other_set");
        }

        MemoryStoreException Stranger(string text, params object?[] numbers)
            => new(StoreErrorKind.Misconfigured, backend.Name, "prepare", text, [route.Address, .. numbers]);
    }

    // The router is told first: whatever a crash leaves half done is known as such, and done again.
    private async Task<(StoreRoute Route, StoreStamp Stamp)> StampAsync(IMemoryStore store, StoreRoute route, long mark, CancellationToken cancellation)
    {
        var saved = await router.SaveAsync(route.BeingStamped(route.SetId), cancellation);
        var stamp = new StoreStamp(route.SetId, mark);
        await store.CheckpointAsync(stamp, cancellation);
        return (await router.SaveAsync(saved with { Mark = mark }, cancellation), stamp);
    }

    private SetEmbedder? EmbedderOf(EmbeddingFingerprint embedding)
    {
        if (embedding == configured.Fingerprint) return new SetEmbedder(configured, embedding);
        return LocalEmbedder.For(embedding) is { } former ? new SetEmbedder(former, embedding) : null;
    }
}
