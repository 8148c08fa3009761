using System.Text;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Commands;

/// <summary>What concerns the caller's own memories only, wherever on the platform they were made.</summary>
internal static class MeCommands
{
    public static async Task<CommandReply> ShowAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.DrainAsync(cancellation);
        using var lease = await call.Runtime.Stores.LeaseAsync(cancellation);
        var count = await lease.Store.CountAsync(Mine(call), cancellation);
        var newest = await NewestMemories.ReadAsync(lease.Store, Mine(call), call.Arguments.Number("n"), cancellation);
        var mode = await ModeAsync(call, cancellation);
        return count == 0
            ? CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.me.none")), mode)
            : CommandReply.Ok(new ReplyBlock.Paragraph(call.Say("cmd.me.count", count)), MemoryLines.Table(newest, call), mode);
    }

    public static async Task<CommandReply> ExportAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.DrainAsync(cancellation);
        using var lease = await call.Runtime.Stores.LeaseAsync(cancellation);
        var lines = new List<string>();
        await foreach (var memory in lease.Store.ReadableAsync(new ScanQuery(Mine(call)), cancellation)) lines.Add(Encoding.UTF8.GetString(MemoryJson.Write(memory)));
        return lines.Count == 0
            ? CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.me.none")))
            : CommandReply.Ok(new ReplyBlock.Attachment($"mnemo-{call.Caller.Speaker.Id}.jsonl", lines));
    }

    public static async Task<CommandReply> PrivacyAsync(CommandCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Has("mode"))
        {
            var mode = Enum.Parse<PrivacyMode>(call.Arguments["mode"], ignoreCase: true);
            await call.Runtime.Privacy.SetAsync(call.Caller.Scope.Platform, call.Caller.Speaker.Id, mode, cancellation);
            if (mode == PrivacyMode.Off) call.Context.Answers.Forget(call.Caller.Scope.Platform, call.Caller.Speaker.Id);
        }

        return CommandReply.Ok(await ModeAsync(call, cancellation));
    }

    private static async Task<ReplyBlock> ModeAsync(CommandCall call, CancellationToken cancellation)
    {
        var mode = await call.Runtime.Privacy.GetAsync(call.Caller.Scope.Platform, call.Caller.Speaker.Id, cancellation);
        var isUnconfirmed = mode == PrivacyMode.Off && await call.Runtime.Privacy.IsUnconfirmedAsync(call.Caller.Scope.Platform, call.Caller.Speaker.Id, cancellation);
        return new ReplyBlock.Rows([(call.Say("cmd.me.mode"), call.Say("cmd.me.mode." + (isUnconfirmed ? "unconfirmed" : mode.ToString().ToLowerInvariant())))]);
    }

    private static MemoryFilter Mine(CommandCall call) => call.Caller.Person.Said;
}
