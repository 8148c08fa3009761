using Mnemo.Privacy;

namespace Mnemo.Plugin.Commands;

/// <summary>Erases everything that the caller ever said on this platform, and shows the proof.</summary>
internal static class ForgetCommand
{
    public static async Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation)
    {
        var person = call.Caller.Person;
        if (!call.IsConfirmed) return await PreviewAsync(call, person, cancellation);
        var receipt = await call.Runtime.Eraser.ForgetAsync(person, null, cancellation);
        var verdict = receipt.IsClean
            ? new ReplyBlock.Notice(NoticeKind.Success, call.Say("cmd.me.forget.done", call.Caller.Speaker.Name))
            : new ReplyBlock.Notice(NoticeKind.Failure, call.Say("cmd.me.forget.failed"));
        return new CommandReply(receipt.IsClean, [verdict, new ReplyBlock.Rows([.. Rows(call, receipt)])]);
    }

    /// <summary>A row for each place that held something. The others are named in one, because the proof is also that nobody forgot to look there.</summary>
    private static IEnumerable<(string Name, string Value)> Rows(CommandCall call, ErasureReceipt receipt)
    {
        var empty = receipt.Places.Where(p => p is { Erased: 0, Left: 0 }).ToList();
        foreach (var place in receipt.Places.Except(empty)) yield return (Place(call, place.Name), call.Say("cmd.me.forget.counts", place.Erased, place.Left));
        if (empty.Count > 0) yield return (call.Say("cmd.me.forget.empty"), string.Join(call.Say("cmd.me.forget.separator"), empty.Select(p => Place(call, p.Name))));
        foreach (var place in receipt.Places.Where(p => p.Pending is not null)) yield return (Place(call, place.Name), call.Say("cmd.delete.pending", call.Say(place.Pending!)));
        yield return (call.Say("cmd.me.forget.receipt"), $"#{receipt.Number} {receipt.WhoHash[..Math.Min(12, receipt.WhoHash.Length)]}");
    }

    private static async Task<CommandReply> PreviewAsync(CommandCall call, PersonKey person, CancellationToken cancellation)
    {
        var plan = await call.Runtime.Eraser.PreviewAsync(person, cancellation);
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
