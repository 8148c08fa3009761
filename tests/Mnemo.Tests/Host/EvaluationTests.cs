using Microsoft.Extensions.Logging.Abstractions;
using Mnemo.Capture;
using Mnemo.Host.Eval;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recall;
using Xunit;

namespace Mnemo.Tests.Host;

/// <summary>Retrieval is measured through the real pipeline. The labelled sets are not part of the repository: MNEMO_TEST_EVAL_DIR names the directory whose dev/ holds them.</summary>
public sealed class EvaluationTests
{
    private static readonly string[] Sets = ["locomo", "realtalk", "friendsqa", "madial-zh", "memdaily", "beam-100k"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_set_is_remembered_asked_and_scored()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(Path.Combine(scratch.Path, "turns.jsonl"), """
            {"conversation": "a", "session": "a/1", "turn_id": "t1", "speaker": "Ana", "timestamp": "2024-01-01T10:00:00", "text": "My dog is called Biscuit."}
            {"conversation": "a", "session": "a/1", "turn_id": "t2", "speaker": "Ben", "timestamp": "2024-01-01T10:00:00", "text": "Nice weather today."}
            {"conversation": "a", "session": "a/2", "turn_id": "t3", "speaker": "Ana", "timestamp": null, "text": "my dog is called Biscuit"}
            {"conversation": "b", "session": "b/1", "turn_id": "t4", "speaker": "Ana", "timestamp": "2024-01-01T10:00:00", "text": "My dog is called Rex."}
            """, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(scratch.Path, "questions.jsonl"), """
            {"question_id": "q1", "conversation": "a", "question": "What is Ana's dog called?", "asker": "Ben", "evidence": ["t1", "t3"]}
            {"question_id": "q2", "conversation": "b", "question": "What is my dog called?", "asker": "Ana", "evidence": ["t4"]}
            {"question_id": "q3", "conversation": "b", "question": "Which dog?", "before": "t4", "evidence": []}
            """, Cancellation);

        var report = await MeasureAsync(scratch.Path, scratch.Path);

        Assert.Equal((4, 3, 2), (report.Turns, report.Questions, report.Scored));
        Assert.Equal((1, 1), (report.RecallAt10, report.NdcgAt10));
        var lines = await File.ReadAllLinesAsync(Path.Combine(scratch.Path, "run.jsonl"), Cancellation);
        Assert.StartsWith("""{"question_id":"q1","retrieved":["t1","t3",""", lines[0], StringComparison.Ordinal);
        Assert.Equal("""{"question_id":"q3","retrieved":[],"confidence":0}""", lines[2]);
    }

    [Fact]
    public async Task The_six_labelled_sets_average_at_least_53_hundredths()
    {
        var root = Environment.GetEnvironmentVariable("MNEMO_TEST_EVAL_DIR");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "MNEMO_TEST_EVAL_DIR is not set; it names the directory whose dev/ holds the labelled sets.");
        List<double> gains = [];
        foreach (var set in Sets)
        {
            using var scratch = new ScratchDirectory();
            var report = await MeasureAsync(Path.Combine(root, "dev", set), scratch.Path);
            gains.Add(report.NdcgAt10);
            TestContext.Current.SendDiagnosticMessage("{0}: {1}", set, report);
            TestContext.Current.TestOutputHelper?.WriteLine($"{set}: {report}");
        }

        Assert.True(gains.Average() >= 0.53, $"mean nDCG@10 is {gains.Average():F4}: {string.Join(", ", gains.Select(g => g.ToString("F4")))}");
    }

    private static async Task<EvaluationReport> MeasureAsync(string set, string scratch)
    {
        await using var memory = await Remembered.OpenAsync(scratch, Cancellation);
        var outbox = new Outbox(memory.Control);
        var worker = new CaptureWorker(outbox, memory.Writer, memory.TextIndex, Task.CompletedTask, new CaptureOptions(), TimeProvider.System, NullLogger<CaptureWorker>.Instance);
        var evaluation = new Evaluation(new Intake(outbox, memory.Privacy, new ChannelSettings(memory.Control)), worker, memory.Recaller(new RecallOptions()), TimeProvider.System);
        return await evaluation.RunAsync(Path.Combine(set, "turns.jsonl"), Path.Combine(set, "questions.jsonl"), Path.Combine(scratch, "run.jsonl"), null, Cancellation);
    }
}
