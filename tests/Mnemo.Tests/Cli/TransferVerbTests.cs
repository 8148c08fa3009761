using System.Text.Json.Nodes;
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
    public async Task A_configuration_of_another_dimension_changes_nothing_and_is_told()
    {
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        await MnemoProcess.RunAsync(_scratch.Path, "", "export", "all.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), """{ "embedding_dim": 256 }""", TestContext.Current.CancellationToken);

        var went = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");
        var import = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "all.jsonl", "--reembed", "--data", "other");
        var elsewhere = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana", "--data", "other");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config.json"), """{ "embedding_dim": 512 }""", TestContext.Current.CancellationToken);
        var back = await MnemoProcess.RunAsync(_scratch.Path, "What is my dog called?\n", "chat", "--as", "ana");

        Assert.Equal(0, went.Exit);
        Assert.Contains("The bot goes on with the former", went.Errors, StringComparison.Ordinal);
        Assert.Contains("migration reembed", went.Errors, StringComparison.Ordinal);
        Assert.Contains("Imported 1 of 1", import.Output, StringComparison.Ordinal);
        Assert.All([went, elsewhere, back], run => Assert.Contains("Biscuit", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hundred_bad_lines_are_named_the_others_counted_and_json_names_all()
    {
        const string more = "… and 50 more bad lines; --json names all of them.", present = "150 of them led to memories that were there already";
        var lines = Enumerable.Range(0, 300).Select(i => i % 2 == 1 ? "{}"
            : $$"""{"scope":{"platform":"console","guild":"console","channel":"general","subject":"ana"},"speaker":{"id":"ana"},"text":"Fact {{i}}."}""");
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "mixed.jsonl"), string.Join('\n', lines), TestContext.Current.CancellationToken);

        var first = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "mixed.jsonl");
        var again = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "mixed.jsonl");
        var json = await MnemoProcess.RunAsync(_scratch.Path, "", "import", "mixed.jsonl", "--json");

        Assert.Equal((1, 1, 1), (first.Exit, again.Exit, json.Exit));
        Assert.Equal(more, first.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.DoesNotContain(present, first.Output, StringComparison.Ordinal);
        Assert.Contains(present, again.Output, StringComparison.Ordinal);
        var told = json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(1, 150).Select(i => 2L * i), told.SkipLast(1).Select(line => (long)line["line"]!));
        Assert.Equal((300, 150, 150, 150), ((int)told[^1]["lines"]!, (int)told[^1]["stored"]!, (int)told[^1]["present"]!, (int)told[^1]["bad"]!));
    }

    [Fact]
    public async Task An_import_that_cannot_go_on_says_what_it_stored()
    {
        const string line = """{"scope":{"platform":"console","guild":"console","channel":"general","subject":"ana"},"speaker":{"id":"ana"},"text":"Fact N."}""";
        var lines = Enumerable.Range(0, 7).Select(i => line.Replace("N", $"{i}", StringComparison.Ordinal)).ToList();
        lines[5] = lines[5].Replace("\"text\"", "\"vector\":[1,2],\"text\"", StringComparison.Ordinal);
        var import = await MnemoProcess.RunAsync(_scratch.Path, string.Join('\n', lines), "import", "-");

        Assert.Equal(1, import.Exit);
        Assert.Contains("Line 6 was embedded by", import.Errors, StringComparison.Ordinal);
        Assert.Contains("Stored of the lines before: 5.", import.Errors, StringComparison.Ordinal);
        Assert.Contains("Imported 5 of 5 lines; 0 bad.", import.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("directory", "is a directory; name a file in it")]
    [InlineData("circle", "is a link that leads nowhere")]
    public async Task A_target_that_cannot_be_written_to_is_one_line(string target, string said)
    {
        Directory.CreateDirectory(Path.Combine(_scratch.Path, "directory"));
        File.CreateSymbolicLink(Path.Combine(_scratch.Path, "circle"), "circle");
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", target);

        Assert.Equal(1, export.Exit);
        Assert.Contains(said, Assert.Single(export.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_working_directory_is_followed_from_there()
    {
        File.CreateSymbolicLink(Path.Combine(_scratch.Path, "link"), "file");
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "link");

        Assert.Equal(0, export.Exit);
        Assert.True(File.Exists(Path.Combine(_scratch.Path, "file")));
        Assert.Equal("file", new FileInfo(Path.Combine(_scratch.Path, "link")).LinkTarget);
    }

    [Fact]
    public async Task Standard_output_by_its_other_name_holds_the_lines_and_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Streams as files are Linux's.");
        await MnemoProcess.RunAsync(_scratch.Path, "My dog is called Biscuit.\n", "chat", "--as", "ana");
        var export = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "/dev/stdout");
        var nowhere = await MnemoProcess.RunAsync(_scratch.Path, "", "export", "/dev/null");

        Assert.Equal((0, 0), (export.Exit, nowhere.Exit));
        Assert.Contains("Biscuit", Assert.Single(export.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("1", nowhere.Output, StringComparison.Ordinal);
    }

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_scratch.Path, file), TestContext.Current.CancellationToken);
}
