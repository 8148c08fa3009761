using System.Globalization;
using System.Security.Cryptography;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Plugin.Commands;

internal static class RecallCommands
{
    /// <summary>Says it to the bot as something to pin, so that there is one way into the memory.</summary>
    public static async Task<CommandReply> RememberAsync(CommandCall call, CancellationToken cancellation)
    {
        var runtime = call.Runtime;
        var now = runtime.Clock.GetUtcNow();
        var id = call.MessageId.Length > 0 ? call.MessageId : $"command-{now.ToUnixTimeMilliseconds()}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var scope = call.Caller.Scope with { Reach = ScopeReach.Conversation };
        var message = new ChatMessage(id, scope, call.Caller.Speaker, call.Arguments["text"], now) { IsToBot = true, IsPinned = true };
        var receipt = await runtime.Intake.AcceptAsync(message, cancellation);
        if (receipt.IsRefused) return CommandReply.Failed(receipt.Say(call.Strings));
        if (receipt.Outcome is not (IntakeOutcome.Accepted or IntakeOutcome.AlreadyKnown))
        {
            return CommandReply.Failed(call.Say("cmd.remember." + receipt.Outcome.ToString().ToLowerInvariant()));
        }

        await runtime.DrainAsync(cancellation);
        return CommandReply.Ok(call.Say("cmd.remember.done"));
    }

    public static async Task<CommandReply> RecallAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.TryDrainAsync(cancellation);
        var query = new RecallQuery(call.Caller.Scope, call.Caller.Speaker, call.Arguments["text"]) { Top = call.Arguments.Number("n") };
        var result = await call.Runtime.Recaller.RecallAsync(query, cancellation);
        if (result.Hits.Count == 0) return CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.recall.nothing")));
        return CommandReply.Ok(new ReplyBlock.Table(
            [call.Say("cmd.column.score"), call.Say("cmd.column.at"), call.Say("cmd.column.speaker"), call.Say("cmd.column.text")],
            [.. result.Hits.Select(h => (IReadOnlyList<string>)
                [h.Score.ToString("0.00", CultureInfo.InvariantCulture), MemoryLines.Date(h.Memory.At, call.Runtime.Clock), h.Memory.Speaker.Name, h.Memory.Text])]));
    }
}
