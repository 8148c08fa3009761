using Mnemo.Memories;
using Mnemo.State;

namespace Mnemo.Plugin.Commands;

/// <summary>Commands that delete. Each counts first, and acts only when it is confirmed.</summary>
internal static class DeletionCommands
{
    /// <summary>What the asker said in this conversation.</summary>
    public static Task<CommandReply> ResetAsync(CommandCall call, CancellationToken cancellation)
    {
        var scope = call.Caller.Scope;
        var mine = MemoryFilter.And(
            call.Caller.Person.Said, MemoryFilter.Equal(TextField.Guild, scope.Guild),
            MemoryFilter.Equal(TextField.Channel, scope.Channel), MemoryFilter.Equal(TextField.Thread, scope.Thread));
        return DeleteAsync(call, mine, null, scope.Conversation, Nothing(call, scope.Conversation), cancellation);
    }

    /// <summary>One record: any for an admin, one's own visible one for a member.</summary>
    public static Task<CommandReply> RecordAsync(CommandCall call, CancellationToken cancellation)
    {
        if (!MemoryId.TryParse(call.Arguments["id"], out var id)) return Task.FromResult(CommandReply.Failed(call.Say("cmd.delete_record.noid", call.Arguments["id"])));
        var filter = MemoryFilter.Ids([id]);
        if (!call.Caller.IsAdmin)
        {
            filter = MemoryFilter.And(filter, call.Caller.Scope.Visible(), call.Caller.Person.Said);
        }

        // To a member, a record that is absent and one of somebody else are the same, so that trying ids out tells nothing.
        var none = CommandReply.Failed(call.Say(call.Caller.IsAdmin ? "cmd.delete_record.none" : "cmd.delete_record.notyours", id));
        return DeleteAsync(call, filter, null, id.ToString(), none, cancellation);
    }

    /// <summary>A conversation, or one session of it.</summary>
    public static async Task<CommandReply> SessionAsync(CommandCall call, CancellationToken cancellation)
    {
        var session = call.Arguments["session"];
        var none = Nothing(call, session);
        // An imported session may have any name, also one that others have; a session's own name begins with its conversation.
        var ofSession = await DeleteAsync(call, MemoryFilter.Equal(TextField.Session, session),
            m => session.StartsWith(m.Scope.Conversation + "#", StringComparison.Ordinal), session, none, cancellation);
        if (!ReferenceEquals(ofSession, none)) return ofSession;
        var platform = MemoryFilter.Equal(TextField.Platform, session.Split(':')[0]);
        return await DeleteAsync(call, platform, m => m.Scope.Conversation == session, session, none, cancellation);
    }

    /// <summary>A whole collection. The active one is emptied, because the bot keeps writing to it; the retained one is the way back and stays.</summary>
    public static async Task<CommandReply> CollectionAsync(CommandCall call, CancellationToken cancellation)
    {
        var said = call.Arguments["name"];
        var name = await Collections.NameAsync(call, said, cancellation);
        if (await Collections.ProblemAsync(call, name, cancellation) is { } problem) return problem;
        var active = await call.Runtime.Stores.ActiveAsync(cancellation);
        if (name == active.Settings.Collection) return await DeleteAsync(call, MemoryFilter.Everything, null, said, Nothing(call, said), cancellation);
        if ((await Collections.ListAsync(call, cancellation)).Any(c => c.Name == name && c.State == StoreState.Retained)) return CommandReply.Failed(call.Say("cmd.drop_collection.retained", name));
        var (count, reason) = await Collections.CountAsync(call, name, cancellation);
        if (!call.IsConfirmed) return count is { } known ? Preview(call, known, name) : Preview(call, call.Say("cmd.drop_collection.unread", name, reason));
        await active.Backend.DropCollection(active.Settings with { Collection = name }, cancellation);
        return CommandReply.Ok(count is null ? call.Say("cmd.drop_collection.done.unread", name) : call.Say("cmd.drop_collection.done", name, count));
    }

    private static async Task<CommandReply> DeleteAsync(
        CommandCall call, MemoryFilter filter, Func<Memory, bool>? also, string what, CommandReply none, CancellationToken cancellation)
    {
        await call.Runtime.DrainAsync(cancellation);
        var remover = call.Runtime.Remover;
        if (!call.IsConfirmed) return await remover.CountAsync(filter, also, cancellation) is > 0 and var count ? Preview(call, count, what) : none;
        var removal = await remover.RemoveAsync(filter, also, cancellation);
        if (removal.Deleted == 0) return none;
        var done = call.Say("cmd.delete.done", removal.Deleted, what);
        return CommandReply.Ok(removal.Purge.Pending is { } pending ? $"{done} {call.Say("cmd.delete.pending", call.Say(pending))}" : done);
    }

    private static CommandReply Nothing(CommandCall call, string what) => CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.delete.none", what)));

    /// <summary>What a confirmed call would delete.</summary>
    internal static CommandReply Preview(CommandCall call, long count, string what) => Preview(call, call.Say("cmd.delete.preview", count, what));

    private static CommandReply Preview(CommandCall call, string warning) => CommandReply.Ok(
        new ReplyBlock.Notice(NoticeKind.Warning, warning),
        new ReplyBlock.Paragraph(call.Say("cmd.delete.confirm"))) with { IsPreview = true };
}
