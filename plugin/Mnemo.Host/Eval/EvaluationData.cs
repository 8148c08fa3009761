using System.Globalization;
using System.Text.Json;

namespace Mnemo.Host.Eval;

/// <summary>One turn of an evaluation set.</summary>
internal sealed record EvaluationTurn(string Conversation, string Session, string Id, string Speaker, DateTimeOffset At, string Text);

/// <summary>One question; the evidence is for scoring only and empty in a blind file.</summary>
internal sealed record EvaluationQuestion(string Id, string Conversation, string Text, string? Asker, DateTimeOffset? AskedAt, string? Before, IReadOnlySet<string> Evidence);

/// <summary>Reads the neutral evaluation format: one JSON object a line.</summary>
internal static class EvaluationData
{
    private static readonly DateTimeOffset Undated = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The turns in file order. Turns of one conversation get times of their own, a millisecond apart where the file
    /// has equal ones or none, because order is part of the data.
    /// </summary>
    public static async IAsyncEnumerable<EvaluationTurn> TurnsAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        Dictionary<string, DateTimeOffset> last = [];
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var json = JsonDocument.Parse(line);
            var turn = json.RootElement;
            var conversation = Text(turn, "conversation");
            var at = Time(turn, "timestamp") ?? Undated;
            if (last.TryGetValue(conversation, out var before) && at <= before) at = before.AddMilliseconds(1);
            last[conversation] = at;
            yield return new EvaluationTurn(conversation, Text(turn, "session"), Text(turn, "turn_id"), Text(turn, "speaker"), at, Text(turn, "text"));
        }
    }

    public static async Task<IReadOnlyList<EvaluationQuestion>> QuestionsAsync(string path, CancellationToken cancellation)
    {
        List<EvaluationQuestion> questions = [];
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var json = JsonDocument.Parse(line);
            var question = json.RootElement;
            HashSet<string> evidence = question.TryGetProperty("evidence", out var ids) && ids.ValueKind == JsonValueKind.Array ? [.. ids.EnumerateArray().Select(id => id.GetString()!)] : [];
            questions.Add(new EvaluationQuestion(Text(question, "question_id"), Text(question, "conversation"), Text(question, "question"),
                Optional(question, "asker"), Time(question, "asked_at"), Optional(question, "before"), evidence));
        }

        return questions;
    }

    private static string Text(JsonElement json, string name) => Optional(json, name)
        ?? throw new InvalidDataException($"A line of the evaluation file lacks '{name}'.");

    private static string? Optional(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement json, string name) => Optional(json, name) is { Length: > 0 } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
        : null;
}
