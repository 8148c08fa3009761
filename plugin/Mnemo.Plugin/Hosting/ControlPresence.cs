using Mnemo.Backends;
using Mnemo.Embedding;
using Mnemo.Indexing;
using Mnemo.Plugin.Config;
using Mnemo.Localization;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// Tells a new data directory from one whose control state is gone: the latter holds something that only a bot with a
/// control state can have made. Whoever took it for new would listen to people who have opted out.
/// </summary>
internal static class ControlPresence
{
    private const string FileName = "control.db", TextIndexName = "words.db";

    /// <summary>Where the control state lies.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>Where the text index lies.</summary>
    public static string TextIndexIn(string dataDirectory) => Path.Combine(dataDirectory, TextIndexName);

    /// <summary>Whether there is a control state, whatever its condition.</summary>
    public static bool IsThere(string dataDirectory) => new FileInfo(PathIn(dataDirectory)) is { Exists: true, Length: > 0 };

    /// <exception cref="ControlStoreException">It is gone, and something of its bot is left. Nothing was changed.</exception>
    public static async Task RequireAsync(MnemoConfig config, TimeProvider clock, CancellationToken cancellation)
    {
        if (IsThere(config.DataDirectory)) return;
        var remains = await RemainsAsync(config, clock, cancellation);
        if (remains.Count > 0) throw new ControlStoreException(Strings.For(config.Language)["hosting.state_missing", config.DataDirectory, string.Join(", ", remains)]);
    }

    /// <summary>What a bot that was here has left, by name.</summary>
    public static async Task<IReadOnlyList<string>> RemainsAsync(MnemoConfig config, TimeProvider clock, CancellationToken cancellation)
    {
        List<string> remains = [.. (await StoresAsync(config, clock, cancellation)).Select(store => store.ToString())];
        remains.AddRange(ControlRecovery.RemainsOf(PathIn(config.DataDirectory)).Select(file => Path.GetFileName(file)));
        // An empty one may be left of a start that ended before it had made its control state.
        if (TextIndex.HoldsAnything(TextIndexIn(config.DataDirectory))) remains.Add(TextIndexName);
        return remains;
    }

    /// <summary>The stores that lie where the configuration looks, the configured one first. A server is asked only when it is the configured one.</summary>
    public static async Task<IReadOnlyList<StoreThere>> StoresAsync(MnemoConfig config, TimeProvider clock, CancellationToken cancellation)
    {
        var settings = config.StoreSettings(config.Collection, new LocalEmbedder(config.EmbeddingDimension).Fingerprint, clock);
        List<StoreThere> stores = [];
        foreach (var backend in KnownBackends.All.Where(b => b.Capabilities.HasFlag(Capabilities.Durable) && (b == config.Backend || b.Capabilities.HasFlag(Capabilities.Embedded))))
        {
            foreach (var collection in await backend.ListCollections(settings, cancellation)) stores.Add(new StoreThere(backend, settings with { Collection = collection }));
        }

        return [.. stores.OrderByDescending(store => store.Backend == config.Backend && store.Settings.Collection == config.Collection)];
    }
}

/// <summary>A store that lies where the configuration looks.</summary>
internal sealed record StoreThere(Backend Backend, StoreSettings Settings)
{
    public override string ToString() => $"{Backend.Name} #{Settings.Collection}";
}
