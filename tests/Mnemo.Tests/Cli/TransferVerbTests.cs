using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

public sealed class TransferVerbTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task What_is_exported_comes_back_without_loss_in_another_directory()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n我的猫叫团子。\nremember that I moved to Lyon\n", "chat", "--as", "ana");
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "first.jsonl");
        var check = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "first.jsonl", "--data", "other", "--dry-run");
        var empty = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "list_records", "--data", "other");
        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "first.jsonl", "--data", "other");
        var again = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "second.jsonl", "--data", "other");
        var asked = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana", "--data", "other");

        Assert.All([export, check, import, again, asked], run => Assert.True(run.Exit == 0, run.Output + run.Errors));
        Assert.Contains("Checked: 3 of 3", check.Output, StringComparison.Ordinal);
        Assert.Contains("holds nothing", empty.Output, StringComparison.Ordinal);
        Assert.Contains("Imported 3 of 3", import.Output, StringComparison.Ordinal);
        Assert.Equal(await ReadAsync("first.jsonl"), await ReadAsync("second.jsonl"));
        Assert.Contains("Biscuit", asked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_are_named_by_number_and_the_rest_is_imported()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        await MnemoProcess.RunAsync(_scratch.Path, "", "export", "good.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "mixed.jsonl"), "secret nonsense\n" + await ReadAsync("good.jsonl"), TestContext.Current.CancellationToken);

        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "mixed.jsonl", "--data", "other");

        Assert.Equal(1, import.Exit);
        Assert.Contains("Imported 1 of 2", import.Output, StringComparison.Ordinal);
        Assert.Contains("line 1:", import.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", import.Errors + import.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_one_line()
    {
        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "nowhere.jsonl");

        Assert.Equal(1, import.Exit);
        Assert.Contains("nowhere.jsonl", Assert.Single(import.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "1 line was left out: whoever said that had it forgotten here.")]
    [InlineData("zh-CN", "跳过了 1 行：说这些话的人已在此要求忘记。")]
    public async Task An_import_leaves_out_whom_this_directory_forgot_and_says_so(string language, string said)
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), $$"""{ "language": "{{language}}" }""", TestContext.Current.CancellationToken);
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        await MnemoProcess.RunAsync(_scratch.Path, "I like tea.\n", "chat", "--as", "ben");
        await MnemoProcess.RunAsync(_scratch.Path, "", "export", "old.jsonl");
        await MnemoProcess.RunAsync(_scratch.Path, "/memory me forget --confirm\n", "chat", "--as", "ana");

        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "old.jsonl");
        var records = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "list_records");

        Assert.Equal(0, import.Exit);
        Assert.Contains(said, import.Output, StringComparison.Ordinal);
        Assert.Contains("tea", records.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Biscuit", records.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_dimension_is_refused_with_two_remedies_that_both_work()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        await MnemoProcess.RunAsync(_scratch.Path, "", "export", "all.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), """{ "embedding_dim": 256 }""", TestContext.Current.CancellationToken);

        var refused = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");
        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "all.jsonl", "--reembed", "--data", "other");
        var elsewhere = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana", "--data", "other");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), """{ "embedding_dim": 512 }""", TestContext.Current.CancellationToken);
        var back = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");

        Assert.Equal(1, refused.Exit);
        Assert.Contains("Set embedding_dim back to 512, or start with a new data directory (--data)", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("collection_name", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("Imported 1 of 1", import.Output, StringComparison.Ordinal);
        Assert.All([elsewhere, back], run => Assert.Contains("Biscuit", run.Output, StringComparison.Ordinal));
    }

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_scratch.Path, file), TestContext.Current.CancellationToken);
}
