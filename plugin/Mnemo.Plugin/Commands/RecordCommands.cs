using Mnemo.Memories;

namespace Mnemo.Plugin.Commands;

internal static class RecordCommands
{
    public static async Task<CommandReply> ListAsync(CommandCall call, CancellationToken cancellation)
    {
        var lines = new List<IReadOnlyList<string>>();
        foreach (var there in await Collections.ListAsync(call, cancellation))
        {
            var (count, problem) = await Collections.CountAsync(call, there.Name, cancellation);
            var state = there.State is { } known ? call.Say("cmd.list." + known.ToString().ToLowerInvariant()) : "";
            lines.Add([there.Shown, count is null ? "–" : $"{count}", string.Join(" ", new[] { state, problem }.Where(part => part.Length > 0))]);
        }

        return CommandReply.Ok(new ReplyBlock.Table([call.Say("cmd.column.collection"), call.Say("cmd.column.records"), ""], lines));
    }

    /// <summary>Admins see every record that is stored; members what they may be shown.</summary>
    public static async Task<CommandReply> ListRecordsAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.TryDrainAsync(cancellation);
        var collection = await Collections.NameAsync(call, call.Arguments.Has("collection") ? call.Arguments["collection"] : null, cancellation);
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
