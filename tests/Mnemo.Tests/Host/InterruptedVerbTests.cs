using System.CommandLine;
using Mnemo.Host;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Host;

public sealed class InterruptedVerbTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("export out.jsonl")]
    [InlineData("import in.jsonl")]
    [InlineData("memory status")]
    public async Task A_verb_that_was_interrupted_has_failed(string line)
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "in.jsonl"), "", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Failure, await RunInterruptedAsync(line));
        Assert.False(File.Exists(Path.Combine(_scratch.Path, "out.jsonl")));
    }

    [Fact]
    public async Task A_chat_that_was_interrupted_has_ended() => Assert.Equal(ExitCode.Ok, await RunInterruptedAsync("chat"));

    private async Task<int> RunInterruptedAsync(string line)
    {
        var strings = Strings.For(Strings.English);
        var common = new CommonOptions(strings);
        var root = new RootCommand
        {
            common.Config, common.Data, ChatVerb.Make(common, strings), MemoryVerb.Make(common, strings), TransferVerbs.Import(common, strings), TransferVerbs.Export(common, strings),
        };
        string[] words = [.. line.Split(' ').Select(w => w.EndsWith(".jsonl", StringComparison.Ordinal) ? Path.Combine(_scratch.Path, w) : w), "--data", Path.Combine(_scratch.Path, "data")];
        return await root.Parse(words).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, new CancellationToken(canceled: true));
    }
}
