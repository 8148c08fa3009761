using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

internal static class RecordCommands
{
    public static async Task<CommandReply> ListAsync(CommandCall call, CancellationToken cancellation)
    {
        var active = await call.Runtime.Stores.ActiveAsync(cancellation);
        var names = await active.Backend.ListCollections(active.Settings, cancellation);
        var lines = new List<IReadOnlyList<string>>();
        foreach (var name in names.Append(active.Settings.Collection).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var isActive = name == active.Settings.Collection;
            var (count, problem) = await Collections.CountAsync(call, name, cancellation);
            lines.Add([name, count is null ? "–" : $"{count}", isActive ? call.Say("cmd.list.active") : problem]);
        }

        return CommandReply.Ok(new ReplyBlock.Table([call.Say("cmd.column.collection"), call.Say("cmd.column.records"), ""], lines));
    }

    /// <summary>Admins see every record that is stored; members what they may be shown.</summary>
    public static async Task<CommandReply> ListRecordsAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.TryDrainAsync(cancellation);
        var collection = call.Arguments.Has("collection") ? call.Arguments["collection"] : (await call.Runtime.Stores.ActiveAsync(cancellation)).Settings.Collection;
        if (await Collections.ProblemAsync(call, collection, cancellation) is { } problem) return problem;
        var filter = call.Caller.IsAdmin ? MemoryFilter.Everything : await ShownMemories.FilterAsync(call, cancellation);
        var newest = await Collections.UseAsync(call, collection,
            (store, c) => NewestMemories.ReadAsync(store, filter, call.Arguments.Number("n"), c), cancellation);
        return newest.Count == 0
            ? CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.list_records.none", collection)))
            : CommandReply.Ok(MemoryLines.Table(newest, call));
    }

    public static Task<CommandReply> SessionIdAsync(CommandCall call, CancellationToken cancellation) =>
        Task.FromResult(CommandReply.Ok(new ReplyBlock.Paragraph(call.Caller.Scope.Conversation)));
}

/// <summary>Opens a collection that is not the active one for a moment.</summary>
internal static class Collections
{
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
        var active = await call.Runtime.Stores.ActiveAsync(cancellation);
        if (name == active.Settings.Collection) return null;
        var names = await active.Backend.ListCollections(active.Settings, cancellation);
        if (names.Contains(name, StringComparer.Ordinal)) return null;
        var known = names.Append(active.Settings.Collection).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var near = Spelling.Nearest(name, known);
        return CommandReply.Failed(near is null ? call.Say("cmd.collection.unknown", name, string.Join(", ", known)) : call.Say("cmd.collection.near", name, near));
    }
}
