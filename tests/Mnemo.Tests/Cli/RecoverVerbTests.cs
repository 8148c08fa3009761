using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

public sealed class RecoverVerbTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_bot_without_its_control_state_says_one_line_and_recover_makes_it_start_again()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "old.jsonl");
        foreach (var file in Directory.GetFiles(Path.Combine(_scratch.Path, "data"), "control.*")) File.Delete(file);

        var refused = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");
        var dry = await MnemoProcess.RunAsync(_scratch.Path, "", "recover");
        var stillRefused = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "status");
        var recovered = await MnemoProcess.RunAsync(_scratch.Path, "", "recover", "--confirm");
        var silent = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");
        var imported = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "old.jsonl");
        var confirmed = await MnemoProcess.RunAsync(_scratch.Path, "", "recover", "--opt-in", "all");
        var asked = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");

        Assert.Equal(0, export.Exit);
        Assert.All([refused, stillRefused], run => Assert.Equal(1, run.Exit));
        Assert.All([refused, stillRefused], run => Assert.Contains("mnemo recover", Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal));
        Assert.All([dry, recovered, silent, imported, confirmed, asked], run => Assert.True(run.Exit == 0, run.Output + run.Errors));
        Assert.Contains("console:ana", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", silent.Output, StringComparison.Ordinal);
        Assert.Contains("forgotten", imported.Errors, StringComparison.Ordinal);
        Assert.Contains("Biscuit", asked.Output, StringComparison.Ordinal);
        Assert.Equal("", asked.Errors);
    }

    [Theory]
    [InlineData("en", "is missing")]
    [InlineData("zh-CN", "不见了")]
    public async Task A_bot_without_its_store_says_one_line_and_the_store_put_back_is_as_it_was(string language, string said)
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), $$"""{ "language": "{{language}}" }""", TestContext.Current.CancellationToken);
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        var (store, away) = (Path.Combine(_scratch.Path, "data", "faiss_data"), Path.Combine(_scratch.Path, "away"));
        Directory.Move(store, away);

        var refused = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");
        var dry = await MnemoProcess.RunAsync(_scratch.Path, "", "recover");
        var made = Directory.Exists(store);
        Directory.Move(away, store);
        var asked = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");

        Assert.Equal(1, refused.Exit);
        var line = Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.Contains("mnemo recover --empty-store", line, StringComparison.Ordinal);
        Assert.Contains("--empty-store --confirm", dry.Output, StringComparison.Ordinal);
        Assert.False(made);
        Assert.Contains("Biscuit", asked.Output, StringComparison.Ordinal);
    }
}
