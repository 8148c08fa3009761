using Mnemo.Backends;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Recovery;

/// <summary>
/// Finds out what is left of a data directory that does not start, and makes it start again: with a control state made
/// anew, or with an empty store. The caller holds the data directory.
/// </summary>
internal sealed class StateRecovery(MnemoConfig config, TimeProvider clock)
{
    private readonly string _controlPath = ControlPresence.PathIn(config.DataDirectory);

    /// <summary>Looks, and changes nothing that is of use.</summary>
    public async Task<RecoveryFindings> ExamineAsync(CancellationToken cancellation)
    {
        if (!ControlPresence.IsThere(config.DataDirectory))
        {
            var remains = await ControlPresence.RemainsAsync(config, clock, cancellation);
            return remains.Count == 0 ? new RecoveryFindings(RecoveryNeed.None) : await WithoutStateAsync(RecoveryNeed.StateMissing, cancellation);
        }

        try
        {
            await using var control = await ControlStore.OpenAsync(_controlPath, clock, cancellation);
            if ((await control.CheckAsync(cancellation)).Count == 0) return await WithStateAsync(control, cancellation);
        }
        catch (ControlStoreException e) when (e.IsDamage)
        {
            // Looked at below, as a file that opens and is damaged.
        }

        return await WithoutStateAsync(RecoveryNeed.StateDamaged, cancellation);
    }

    /// <summary>Makes the control state anew.</summary>
    /// <returns>Where the former files went; null when there were none.</returns>
    public async Task<string?> RebuildStateAsync(RecoveryFindings findings, CancellationToken cancellation)
    {
        var named = findings.Salvage?.People ?? [];
        List<KnownPerson> people = [.. findings.Speakers.Select(speaker => speaker.Person), .. named];
        return await ControlRecovery.RebuildAsync(_controlPath, people, findings.Memories, AdoptAsync, clock, cancellation);

        async Task AdoptAsync(ControlStore control)
        {
            // It becomes a set of its own: what the lost control state knew of it cannot be compared any more.
            if (findings.Store is { } store) await new StoreRouter(control).SaveAsync(new StoreRoute(store.Backend.AddressOf(store.Settings), 1, "", null).BeingStamped(StoreStamp.NewSetId()), cancellation);
        }
    }

    /// <summary>Makes an empty store where the missing one was.</summary>
    public async Task MakeStoreAsync(StoreThere missing, CancellationToken cancellation)
    {
        await using (var store = missing.Backend.Open(missing.Settings)) await store.PrepareAsync(cancellation);
        await AcceptStoreAsync(cancellation);
    }

    /// <summary>Takes what lies where the store should be as a set of its own, whoever wrote it; the next start gives it its id and makes the text index anew.</summary>
    public async Task AcceptStoreAsync(CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(_controlPath, clock, cancellation);
        var router = new StoreRouter(control);
        if (await router.GetAsync(cancellation) is { } route) await router.SaveAsync(route.BeingStamped(StoreStamp.NewSetId()), cancellation);
    }

    /// <summary>What lies where the store should be; null when nothing does.</summary>
    public async Task<(StoreRoute Route, StoreInspection? There)?> LookAtStoreAsync(CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(_controlPath, clock, cancellation);
        if (await new StoreRouter(control).GetAsync(cancellation) is not { } route) return null;
        var there = Locate(route);
        return (route, await there.Backend.Inspect(there.Settings, cancellation));
    }

    /// <summary>Ends the opting out of people who were opted out by a recovery.</summary>
    /// <returns>Who they are, and which names nobody of them has.</returns>
    public async Task<(IReadOnlyList<KnownPerson> Confirmed, IReadOnlyList<string> Unknown)> OptInAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(_controlPath, clock, cancellation);
        var privacy = new PrivacySettings(control);
        var waiting = await privacy.UnconfirmedAsync(cancellation);
        var unknown = names.Where(name => !waiting.Any(person => IsMeant(person, name))).ToList();
        List<KnownPerson> meant = unknown.Count > 0 ? [] : [.. waiting.Where(person => names.Any(name => IsMeant(person, name)))];
        foreach (var person in meant) await privacy.ConfirmAsync(person, cancellation);
        return (meant, unknown);
    }

    /// <summary>The operator has read what was lost.</summary>
    public async Task AcknowledgeLossesAsync(CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(_controlPath, clock, cancellation);
        await new LossJournal(control).AcknowledgeAsync(cancellation);
    }

    private static bool IsMeant(KnownPerson person, string name) => name is "all"
        || string.Equals(name, person.Id, StringComparison.OrdinalIgnoreCase) || string.Equals(name, person.Name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, $"{person.Platform}:{person.Id}", StringComparison.OrdinalIgnoreCase);

    private async Task<RecoveryFindings> WithStateAsync(ControlStore control, CancellationToken cancellation)
    {
        var stores = await ControlPresence.StoresAsync(config, clock, cancellation);
        var missing = await MissingStoreAsync(control, cancellation);
        return new RecoveryFindings(missing is null ? RecoveryNeed.None : RecoveryNeed.StoreMissing)
        {
            Stores = stores,
            Store = missing,
            Losses = await new LossJournal(control).OpenAsync(cancellation),
            Unconfirmed = await new PrivacySettings(control).UnconfirmedAsync(cancellation),
        };
    }

    private async Task<StoreThere?> MissingStoreAsync(ControlStore control, CancellationToken cancellation)
    {
        if (await new StoreRouter(control).GetAsync(cancellation) is not { } route) return null;
        var there = Locate(route);
        return there.Backend.Capabilities.HasFlag(Capabilities.Durable) && await there.Backend.Inspect(there.Settings, cancellation) is null ? there : null;
    }

    private StoreThere Locate(StoreRoute route)
    {
        var backend = KnownBackends.Find(route.Address.Backend);
        var settings = config.StoreSettings(route.Address.Collection, route.Embedding ?? new Embedding.LocalEmbedder(config.EmbeddingDimension).Fingerprint, clock);
        return new StoreThere(backend, route.IsPlaced ? settings.At(backend, route.Address, route.Generation) : settings);
    }

    private async Task<RecoveryFindings> WithoutStateAsync(RecoveryNeed need, CancellationToken cancellation)
    {
        var stores = await ControlPresence.StoresAsync(config, clock, cancellation);
        // Of several the configuration says which; where it names none of them, whoever runs this has to.
        var store = stores.FirstOrDefault(s => s.Backend == config.Backend && s.Settings.Collection == config.Collection) ?? (stores.Count == 1 ? stores[0] : null);
        return new RecoveryFindings(need)
        {
            Salvage = await ControlRecovery.InspectAsync(_controlPath, cancellation),
            Stores = stores,
            Store = store,
            Speakers = store is null ? [] : await SpeakersAsync(store, cancellation),
        };
    }

    private async Task<IReadOnlyList<(KnownPerson, long)>> SpeakersAsync(StoreThere there, CancellationToken cancellation)
    {
        await using var store = new GuardedStore(there.Backend.Open(there.Settings), there.Backend, there.Settings, config.GuardOptions);
        await store.PrepareAsync(cancellation);
        Dictionary<(string Platform, string Id), (string Name, long Memories)> speakers = [];
        await foreach (var memory in store.ReadableAsync(ScanQuery.Everything with { WithVectors = false }, cancellation))
        {
            var key = (memory.Scope.Platform, memory.Speaker.Id);
            speakers[key] = (memory.Speaker.Name, speakers.GetValueOrDefault(key).Memories + 1);
        }

        return [.. speakers.OrderByDescending(s => s.Value.Memories).Select(s => (new KnownPerson(s.Key.Platform, s.Key.Id, s.Value.Name), s.Value.Memories))];
    }
}
