using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>
/// The collections at the active store's place: the name that people know, and its generations. Opens one that is not
/// the active one for a moment.
/// </summary>
internal static class Collections
{
    /// <summary>What is there, and what the router says of it.</summary>
    public static async Task<IReadOnlyList<ListedCollection>> ListAsync(CommandCall call, CancellationToken cancellation)
    {
        var active = await call.Runtime.Stores.ActiveAsync(cancellation);
        var names = await active.Backend.ListCollections(active.Settings, cancellation);
        var routes = (await call.Runtime.Router.AllAsync(cancellation)).Where(r => r.Address.Backend == active.Address.Backend && r.Address.Location == active.Address.Location).ToList();
        return [.. names.Append(active.Settings.Collection).Distinct(StringComparer.Ordinal).Select(Listed).OrderBy(c => c.Collection, StringComparer.Ordinal).ThenBy(c => c.Generation)];

        ListedCollection Listed(string name)
        {
            var (collection, generation) = StoreAddress.Split(name);
            var state = name == active.Settings.Collection ? StoreState.Active : routes.Find(r => r.Address.CollectionOf(r.Generation) == name)?.State;
            return new ListedCollection(name, collection, generation, state);
        }
    }

    /// <summary>The backend's name for what somebody calls a collection: the name that people know is the active generation of it.</summary>
    public static async Task<string> NameAsync(CommandCall call, string? said, CancellationToken cancellation)
    {
        var active = await call.Runtime.Stores.ActiveAsync(cancellation);
        return said is null || said == active.Address.Collection ? active.Settings.Collection : said;
    }

    public static async Task<T> UseAsync<T>(CommandCall call, string name, Func<IMemoryStore, CancellationToken, Task<T>> useAsync, CancellationToken cancellation)
    {
        using var lease = await call.Runtime.Stores.LeaseAsync(cancellation);
        if (lease.Active.Settings.Collection == name) return await useAsync(lease.Store, cancellation);
        var settings = lease.Active.Settings with { Collection = name };
        await using var store = new GuardedStore(lease.Active.Backend.Open(settings), lease.Active.Backend, settings, call.Runtime.Config.GuardOptions);
        await store.PrepareAsync(cancellation);
        return await useAsync(store, cancellation);
    }

    /// <summary>How many records a collection holds; null with the reason when it cannot be opened, which is no reason to hide or to keep it.</summary>
    public static async Task<(long? Count, string Problem)> CountAsync(CommandCall call, string name, CancellationToken cancellation)
    {
        try
        {
            return (await UseAsync(call, name, (store, c) => store.CountAsync(MemoryFilter.Everything, c), cancellation), "");
        }
        catch (MemoryStoreException e)
        {
            return (null, e.Say(call.Strings));
        }
    }

    /// <summary>What to answer when there is no such collection.</summary>
    public static async Task<CommandReply?> ProblemAsync(CommandCall call, string name, CancellationToken cancellation)
    {
        var known = (await ListAsync(call, cancellation)).Select(c => c.Name).ToList();
        if (known.Contains(name, StringComparer.Ordinal)) return null;
        var near = Spelling.Nearest(name, known);
        return CommandReply.Failed(near is null ? call.Say("cmd.collection.unknown", name, string.Join(", ", known)) : call.Say("cmd.collection.near", name, near));
    }
}

/// <summary>A collection that is there.</summary>
/// <param name="Name">The backend's name for it.</param>
/// <param name="Collection">The name that people know.</param>
/// <param name="Generation">Which generation of it.</param>
/// <param name="State">What the router says; null when it knows nothing of it.</param>
internal sealed record ListedCollection(string Name, string Collection, int Generation, StoreState? State)
{
    /// <summary>As lists show it.</summary>
    public string Shown => Generation == 1 ? Collection : $"{Collection} (g{Generation})";
}
