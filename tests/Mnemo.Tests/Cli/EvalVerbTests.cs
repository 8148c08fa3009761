using System.Text.RegularExpressions;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

public sealed class EvalVerbTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("""{"question_id": "q1", "conversation": "a", "question": "What is Ana's dog called?"}""", "unscored: no question names its evidence")]
    [InlineData("""{"question_id": "q1", "conversation": "a", "question": "What is Ana's dog called?", "evidence": []}""", "unscored: no question names its evidence")]
    [InlineData("""{"question_id": "q1", "conversation": "a", "question": "What is Ana's dog called?", "evidence": null}""", "unscored: no question names its evidence")]
    [InlineData("""{"question_id": "q1", "conversation": "a", "question": "What is Ana's dog called?", "evidence": ["t1"]}""", "nDCG@10 1.0000")]
    public async Task Questions_without_evidence_are_answered_and_unscored_not_scored_zero(string question, string said)
    {
        await WriteAsync("turns.jsonl", """{"conversation": "a", "session": "a/1", "turn_id": "t1", "speaker": "Ana", "text": "My dog is called Biscuit."}""");
        await WriteAsync("questions.jsonl", question);

        var run = await MnemoProcess.RunAsync(_scratch.Path, "", "eval", "--turns", "turns.jsonl", "--questions", "questions.jsonl", "--out", "run.jsonl");

        Assert.Equal(0, run.Exit);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0000", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"retrieved\":[\"t1\"]", await File.ReadAllTextAsync(Path.Combine(_scratch.Path, "run.jsonl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_that_a_failure_names_is_there()
    {
        await WriteAsync("turns.jsonl", "no turn");

        var run = await MnemoProcess.RunAsync(_scratch.Path, "", "eval", "--turns", "turns.jsonl", "--questions", "turns.jsonl", "--out", "run.jsonl");

        Assert.Equal(1, run.Exit);
        var log = Regex.Match(run.Errors, @"Details are in (\S+mnemo\.log)\.").Groups[1].Value;
        Assert.True(File.Exists(log), run.Errors);
        var scratch = Path.GetDirectoryName(Path.GetDirectoryName(log))!;
        Assert.Equal([log], Directory.GetFiles(scratch, "*", SearchOption.AllDirectories));
        Directory.Delete(scratch, recursive: true);
    }

    private Task WriteAsync(string file, string line) => File.WriteAllTextAsync(Path.Combine(_scratch.Path, file), line + "\n", TestContext.Current.CancellationToken);
}
