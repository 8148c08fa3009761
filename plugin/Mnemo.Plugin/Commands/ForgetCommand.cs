using Mnemo.Privacy;

namespace Mnemo.Plugin.Commands;

/// <summary>Erases everything that the caller ever said on this platform, and shows the proof.</summary>
internal static class ForgetCommand
{
    public static async Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation)
    {
        var who = new Who(call.Caller.Scope.Platform, call.Caller.Speaker.Id);
        if (!call.IsConfirmed) return await PreviewAsync(call, who, cancellation);
        var receipt = await call.Runtime.Eraser.ForgetAsync(who, null, cancellation);
        var rows = receipt.Places.Select(p => (Place(call, p.Name), call.Say("cmd.me.forget.counts", p.Erased, p.Left))).ToList();
        rows.Add((call.Say("cmd.me.forget.receipt"), $"#{receipt.Number} {receipt.WhoHash[..Math.Min(12, receipt.WhoHash.Length)]}"));
        var verdict = receipt.IsClean
            ? new ReplyBlock.Notice(NoticeKind.Success, call.Say("cmd.me.forget.done", call.Caller.Speaker.Name))
            : new ReplyBlock.Notice(NoticeKind.Failure, call.Say("cmd.me.forget.failed"));
        return new CommandReply(receipt.IsClean, [verdict, new ReplyBlock.Rows(rows)]);
    }

    private static async Task<CommandReply> PreviewAsync(CommandCall call, Who who, CancellationToken cancellation)
    {
        var plan = await call.Runtime.Eraser.PreviewAsync(who, cancellation);
        return CommandReply.Ok(
            new ReplyBlock.Notice(NoticeKind.Warning, call.Say("cmd.me.forget.preview", call.Caller.Speaker.Name)),
            new ReplyBlock.Rows(
            [
                (Place(call, "store"), $"{plan.Memories}"), (Place(call, "outbox"), $"{plan.Waiting}"),
                (Place(call, "messages"), $"{plan.Messages}"), (Place(call, "conversations"), $"{plan.Conversations}"),
            ]),
            new ReplyBlock.Paragraph(call.Say("cmd.delete.confirm"))) with { IsPreview = true };
    }

    private static string Place(CommandCall call, string name) => call.Strings.Has("cmd.place." + name) ? call.Say("cmd.place." + name) : name.Replace('_', ' ');
}
