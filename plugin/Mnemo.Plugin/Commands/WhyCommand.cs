using System.Globalization;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Text;

namespace Mnemo.Plugin.Commands;

/// <summary>Shows what the last answer here was made of, or what a question would be answered from.</summary>
internal static class WhyCommand
{
    private const int MaxText = 160;

    public static async Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation)
    {
        var answer = call.Arguments.Has("question")
            ? await AskAsync(call, cancellation)
            : call.Context.Answers.Of(call.Caller.Scope.Conversation);
        if (answer is null) return CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.why.none")));
        var shown = await ShownMemories.ReadAsync(call, [.. answer.Evidence.Select(e => e.Id)], cancellation);
        if (!MayExplain(answer, shown, call)) return CommandReply.Ok(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.why.other")));
        var result = new RecallResult([.. answer.Evidence.Where(e => shown.ContainsKey(e.Id)).Select(e => e.With(shown[e.Id]))], answer.Confidence) { AskedAt = answer.AskedAt };
        var blocks = new List<ReplyBlock>
        {
            new ReplyBlock.Rows(
            [
                (call.Say("cmd.why.asked"), TextWidth.Cut(answer.Query.Text, MaxText)),
                (call.Say("cmd.why.answered"), call.Say(Verdict(answer, shown))),
                (call.Say("cmd.why.confidence"), $"{Figure(answer.Confidence)} ({call.Say("cmd.why.floor", Figure((float)call.Runtime.Config.ConfidenceFloor))})"),
                (call.Say("cmd.why.budget"), await BudgetAsync(call, result, cancellation)),
            ]),
        };
        var place = 0;
        // The order of recall, but the one that was answered from leads: recall ranks for a model, which reads them all.
        foreach (var hit in result.Hits.OrderByDescending(h => h.Memory.Id == answer.Told)) blocks.AddRange(Explain(++place, hit, call));
        if (shown.Count < answer.Evidence.Count) blocks.Add(new ReplyBlock.Notice(NoticeKind.Info, call.Say("cmd.why.gone", answer.Evidence.Count - shown.Count)));
        return CommandReply.Ok(blocks);
    }

    private static string Verdict(LastAnswer answer, Dictionary<MemoryId, Memory> shown) => answer switch
    {
        { Told: { } told } => shown.ContainsKey(told) ? "cmd.why.yes" : "cmd.why.yes.gone",
        { Evidence.Count: 0 } => "cmd.why.nothing",
        _ => "cmd.why.unsure",
    };

    private static IEnumerable<ReplyBlock> Explain(int place, RecallHit hit, CommandCall call)
    {
        var memory = hit.Memory;
        yield return new ReplyBlock.Heading($"{place}. {TextWidth.Cut(memory.Text, MaxText)}");
        yield return new ReplyBlock.Rows(
        [
            (call.Say("cmd.why.said"), $"{memory.Speaker.Name}, {MemoryLines.Date(memory.At, call.Runtime.Clock)} ({MemoryLines.Age(memory.At, call)})"),
            (call.Say("cmd.why.score"), call.Say("cmd.why.parts", Figure(hit.Score), Figure(hit.Text), Figure(hit.Similarity), Figure(hit.Asker), Figure(hit.Named),
                Figure(hit.Recency), Figure(hit.Coverage))),
            (call.Say("cmd.why.sources"), string.Join(", ", memory.Sources.Select(s => s.Link.Length > 0 ? s.Link : s.MessageId))),
            (call.Say("cmd.column.id"), memory.Id.ToString()),
        ]);
    }

    private static async Task<LastAnswer> AskAsync(CommandCall call, CancellationToken cancellation)
    {
        await call.Runtime.TryDrainAsync(cancellation);
        var query = new RecallQuery(call.Caller.Scope, call.Caller.Speaker, call.Arguments["question"]) { Top = call.Runtime.Config.TopK };
        var result = await call.Runtime.Recaller.RecallAsync(query, cancellation);
        return LastAnswer.Of(query, result, MemoryAnswer.Pick(query, result, call.Runtime.RecallOptions));
    }

    /// <summary>The answer was made for one asker's eyes; another member of the conversation sees it only if they see every memory of it.</summary>
    private static bool MayExplain(LastAnswer answer, Dictionary<MemoryId, Memory> shown, CommandCall call) =>
        answer.Query.Scope.Subject == call.Caller.Scope.Subject || answer.Evidence.All(e => shown.ContainsKey(e.Id));

    private static async Task<string> BudgetAsync(CommandCall call, RecallResult result, CancellationToken cancellation)
    {
        var budget = await ConversationSettings.BudgetAsync(call.Runtime, call.Caller.Scope.Conversation, cancellation);
        var prompt = RecallPrompt.Render(result, call.Runtime.RecallOptions with { TokenBudget = budget });
        return call.Say("cmd.why.tokens", Tokens.Estimate(prompt), budget);
    }

    private static string Figure(float value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
