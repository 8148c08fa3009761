using System.Text.Encodings.Web;
using System.Text.Json;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Host.Eval;

/// <summary>
/// Measures retrieval through the real pipeline: every turn goes in at the door as a message of its channel, every
/// question is recalled in that channel. Evidence, where the file has it, is read for scoring only. Needs a data
/// directory of its own.
/// </summary>
public sealed class Evaluation(Intake intake, CaptureWorker worker, Recaller recaller, TimeProvider clock)
{
    private const string Platform = "eval";
    private const string Nobody = "nobody";
    private const int MostRetrieved = 100;

    // Messages that enter together share one sync of the disk; the queue they enter is bounded and must be emptied.
    private const int TogetherAtMost = 250;
    private const int DrainEvery = 5000;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Remembers all turns, asks all questions, writes one line per question to <paramref name="outPath"/>.</summary>
    public async Task<EvaluationReport> RunAsync(string turnsPath, string questionsPath, string outPath, IProgress<string>? progress, CancellationToken cancellation)
    {
        var times = await RememberAsync(turnsPath, progress, cancellation);
        var questions = await EvaluationData.QuestionsAsync(questionsPath, cancellation);
        List<double> recalls = [], gains = [], milliseconds = [];
        await using var file = new StreamWriter(outPath, append: false);
        foreach (var question in questions)
        {
            var started = clock.GetTimestamp();
            var result = await AskAsync(question, times, cancellation);
            milliseconds.Add(clock.GetElapsedTime(started).TotalMilliseconds);
            List<string> retrieved = [.. result.Hits.SelectMany(h => h.Memory.Sources.Select(s => s.MessageId)).Distinct().Take(MostRetrieved)];
            await file.WriteLineAsync(JsonSerializer.Serialize(new { question_id = question.Id, retrieved, confidence = result.Confidence }, Plain).AsMemory(), cancellation);
            if (question.Evidence.Count == 0) continue;
            recalls.Add(EvaluationReport.Recall(retrieved, question.Evidence));
            gains.Add(EvaluationReport.Ndcg(retrieved, question.Evidence));
        }

        return new EvaluationReport(times.Count, questions.Count, gains.Count, recalls.DefaultIfEmpty().Average(), gains.DefaultIfEmpty().Average(),
            EvaluationReport.Quantile(milliseconds, 0.5), EvaluationReport.Quantile(milliseconds, 0.95));
    }

    // A conversation is a guild of its own with one channel: names that two of them share are different people.
    private static MemoryScope ScopeOf(string conversation, string subject) => new(Platform, conversation, conversation, subject);

    private async Task<Dictionary<string, DateTimeOffset>> RememberAsync(string path, IProgress<string>? progress, CancellationToken cancellation)
    {
        Dictionary<string, DateTimeOffset> times = [];
        List<Task> entering = [];
        await foreach (var turn in EvaluationData.TurnsAsync(path, cancellation))
        {
            times[turn.Id] = turn.At;
            var message = new ChatMessage(turn.Id, ScopeOf(turn.Conversation, turn.Speaker), new Speaker(turn.Speaker, turn.Speaker), turn.Text, turn.At) { Session = turn.Session };
            entering.Add(intake.AcceptAsync(message, cancellation));
            if (entering.Count < TogetherAtMost) continue;
            await Task.WhenAll(entering);
            entering.Clear();
            if (times.Count % DrainEvery != 0) continue;
            await worker.DrainAsync(cancellation);
            progress?.Report($"{times.Count} turns");
        }

        await Task.WhenAll(entering);
        await worker.FlushAsync(cancellation);
        return times;
    }

    private Task<RecallResult> AskAsync(EvaluationQuestion question, Dictionary<string, DateTimeOffset> times, CancellationToken cancellation)
    {
        var asker = question.Asker is { Length: > 0 } name ? new Speaker(name, name) : null;
        return recaller.RecallAsync(new RecallQuery(ScopeOf(question.Conversation, asker?.Id ?? Nobody), asker, question.Text)
        {
            Top = MostRetrieved,
            Before = question.Before is { } turn && times.TryGetValue(turn, out var limit) ? limit : null,
            AskedAt = question.AskedAt,
        }, cancellation);
    }
}
