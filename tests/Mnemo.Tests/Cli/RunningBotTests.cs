using System.Text;
using System.Text.Json.Nodes;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

/// <summary>The verbs of a shell beside a bot that runs on the same data directory.</summary>
public sealed class RunningBotTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => File.ReadAllText(Path.Combine(_scratch.Path, "data", "logs", "mnemo.log"));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Commands_are_answered_by_the_bot_and_read_as_they_do_without_one()
    {
        string[] lines = ["memory list_records mnemosyne_default 10", "memory recall dog --as ana", "memory get_session_id --as ben --channel general", "memory me show --as ana", "memory settings budget"];
        var beside = new List<(int, string, string)>();
        await using (var bot = await StartAsync())
        {
            Assert.Contains("Remembered", (await RunAsync("memory remember my dog is called Biscuit --as ana")).Output, StringComparison.Ordinal);
            Assert.Contains("Biscuit", (await RunAsync("memory recall dog --as ana")).Output, StringComparison.Ordinal);
            Assert.Matches(@"records\s+2", (await RunAsync("memory status")).Output);
            foreach (var line in lines) beside.Add(await RunAsync(line));
            await bot.FinishAsync();
        }

        var alone = new List<(int, string, string)>();
        foreach (var line in lines) alone.Add(await RunAsync(line));
        Assert.Equal(alone, beside);
    }

    [Fact]
    public async Task A_thousand_lines_are_imported_beside_a_chat_and_the_export_is_that_of_the_bot_when_it_has_ended()
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "in.jsonl"), Lines("thing", 1000), Token);
        await using (var bot = await StartAsync())
        {
            var import = RunAsync("import in.jsonl");
            for (var i = 0; i < 10; i++) await SayAsync(bot, $"Fact number {i} is about place{i}.");
            Assert.Equal((0, "Imported 1000 of 1000 lines; 0 bad.\n", ""), await import);
            Assert.Equal(0, (await RunAsync("export beside.jsonl")).Exit);
            Assert.Matches(@"records\s+1011", (await RunAsync("memory status")).Output);
            Assert.Equal(0, (await bot.FinishAsync()).Exit);
        }

        Assert.Equal(0, (await RunAsync("export alone.jsonl")).Exit);
        Assert.Equal(await ReadAsync("alone.jsonl"), await ReadAsync("beside.jsonl"));
        Assert.Equal(1011, (await ReadAsync("beside.jsonl")).Count(c => c == '\n'));
        Assert.DoesNotContain("thing", Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_as_it_is_without_a_bot()
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "bad.jsonl"), "secret nonsense\n" + Lines("thing", 3), Token);
        string[] lines = ["memory list_records x y", "memory statsu", "memory status --as *", "import nowhere.jsonl", "import bad.jsonl", "memory delete_record 5", "export no/such/place.jsonl"];
        var beside = new List<(int Exit, string Output, string Errors)>();
        await using (await StartAsync())
        {
            await RunAsync("import bad.jsonl");
            foreach (var line in lines) beside.Add(await RunAsync(line));
        }

        Assert.Equal([64, 64, 64, 1, 1, 1, 1], beside.Select(b => b.Exit));
        Assert.Contains("line 1:", beside[4].Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", beside[4].Errors + Log, StringComparison.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var (exit, output, errors) = await RunAsync(lines[i]);
            Assert.Equal((exit, output), (beside[i].Exit, beside[i].Output));
            // The log that has the details is the bot's own while it runs.
            Assert.StartsWith(beside[i].Errors.Trim(), errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_deletion_is_previewed_and_done_when_it_is_confirmed()
    {
        await using var bot = await StartAsync();
        var preview = await RunAsync("memory reset --as bot");
        Assert.Equal(0, preview.Exit);
        Assert.Contains("--confirm", preview.Output, StringComparison.Ordinal);
        Assert.Matches(@"records\s+1", (await RunAsync("memory status")).Output);
        Assert.Equal(0, (await RunAsync("memory reset --as bot --confirm")).Exit);
        Assert.Matches(@"records\s+0", (await RunAsync("memory status")).Output);
        Assert.NotEqual(0, (await RunAsync("memory drop_collection mnemosyne_default --as ana --confirm")).Exit);
    }

    [Fact]
    public async Task A_second_bot_is_refused_and_leaves_no_line_in_the_log_of_the_first()
    {
        await using var bot = await StartAsync();
        foreach (var line in new[] { "chat", "chat --as ana --json", "" })
        {
            var second = await RunAsync(line);
            Assert.Equal(2, second.Exit);
            Assert.Contains($"held by pid {bot.Id}; use /memory in its chat", Assert.Single(second.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        var log = Log;
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Stopping", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone_and_goes_with_the_bot()
    {
        var socket = Path.Combine(_scratch.Path, "data", "mnemo.sock");
        await using var bot = await StartAsync();
        await Eventually.HoldsAsync(() => File.Exists(socket));
        Assert.Equal(0, (await RunAsync("memory status")).Exit);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        Assert.Equal(0, (await bot.FinishAsync()).Exit);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task The_socket_that_a_killed_bot_left_behind_is_replaced()
    {
        var socket = Path.Combine(_scratch.Path, "data", "mnemo.sock");
        await using (var killed = await StartAsync())
        {
            await Eventually.HoldsAsync(() => File.Exists(socket));
            killed.Signal("KILL");
            await killed.EndAsync();
        }

        Assert.True(File.Exists(socket));
        await using (await StartAsync()) Assert.Equal(0, (await RunAsync("memory status")).Exit);
        await using (var killed = await StartAsync())
        {
            await Eventually.HoldsAsync(() => File.Exists(socket));
            killed.Signal("KILL");
            await killed.EndAsync();
        }

        Assert.Equal(0, (await RunAsync("memory status")).Exit);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task A_data_directory_with_a_long_path_is_served_from_the_runtime_directory()
    {
        // A scratch directory is its owner's alone, as a runtime directory is.
        using var scratch = new ScratchDirectory();
        var runtime = scratch.Path;
        var data = Path.Combine(_scratch.Path, new string('d', 100), "data");
        await using var bot = MnemoProcess.StartWith(new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = runtime }, _scratch.Path, "chat", "--as", "bot", "--json", "--data", data);
        await SayAsync(bot, "I am here.");

        var status = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "status", "--data", data);
        Assert.Equal(0, status.Exit);
        Assert.Matches(@"records\s+1", status.Output);
        Assert.Equal(Assert.Single(Directory.EnumerateFiles(runtime)), (await File.ReadAllTextAsync(Path.Combine(data, "mnemo.sock.path"), Token)).Trim());
        Assert.Equal(0, (await bot.FinishAsync()).Exit);
        Assert.Empty(Directory.EnumerateFiles(runtime));
        Assert.False(File.Exists(Path.Combine(data, "mnemo.sock.path")));
    }

    [Fact]
    public async Task Ctrl_C_ends_an_import_in_the_bot_and_the_bot_goes_on()
    {
        await using var bot = await StartAsync();
        await using var import = MnemoProcess.Start(_scratch.Path, "import", "-");
        await import.Input.WriteAsync(Lines("thing", 2000));
        await import.Input.FlushAsync(Token);
        await Eventually.HoldsAsync(async () => (await RunAsync("memory status")).Output.Contains("1001", StringComparison.Ordinal));
        import.Signal("INT");
        Assert.Equal(1, await import.EndAsync());
        Assert.Contains("Interrupted", await import.ErrorsAsync(), StringComparison.Ordinal);
        await SayAsync(bot, "I go on.");
        Assert.DoesNotContain("   at ", Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bot_that_is_told_to_stop_ends_the_import_of_a_shell()
    {
        await using var bot = await StartAsync();
        await using var import = MnemoProcess.Start(_scratch.Path, "import", "-");
        await import.Input.WriteAsync(Lines("thing", 2000));
        await import.Input.FlushAsync(Token);
        await Eventually.HoldsAsync(async () => (await RunAsync("memory status")).Output.Contains("1001", StringComparison.Ordinal));
        bot.Signal("TERM");
        Assert.Equal(0, await bot.EndAsync());
        Assert.Equal(1, await import.EndAsync());
        Assert.Contains("ended before this was done", await import.ErrorsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_bot_verbs_beside_each_other_share_the_directory_until_the_last_is_done()
    {
        await using var first = MnemoProcess.Start(_scratch.Path, "import", "-");
        await first.Input.WriteAsync(Lines("first", 1000));
        await first.Input.FlushAsync(Token);
        await Eventually.HoldsAsync(async () => (await RunAsync("memory status")).Output.Contains("1000", StringComparison.Ordinal));
        await using var second = MnemoProcess.Start(_scratch.Path, "import", "-");
        await second.Input.WriteAsync(Lines("second", 1000));
        await second.Input.FlushAsync(Token);
        await Eventually.HoldsAsync(async () => (await RunAsync("memory status")).Output.Contains("2000", StringComparison.Ordinal));
        first.Input.Close();
        Assert.Equal("Imported 1000 of 1000 lines; 0 bad.", await first.Output.ReadLineAsync(Token));
        Assert.Equal((0, "Imported 1000 of 1000 lines; 0 bad.\n", ""), await second.FinishAsync());
        Assert.Equal(0, await first.EndAsync());
    }

    private Task<(int Exit, string Output, string Errors)> RunAsync(string line) => MnemoProcess.RunAsync(_scratch.Path, "", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private async Task<MnemoProcess> StartAsync()
    {
        var bot = MnemoProcess.Start(_scratch.Path, "chat", "--as", "bot", "--json");
        await SayAsync(bot, "I am here.");
        return bot;
    }

    private static async Task SayAsync(MnemoProcess bot, string text)
    {
        await bot.Input.WriteLineAsync(text);
        await bot.Input.FlushAsync(Token);
        Assert.Contains((string)JsonNode.Parse((await bot.Output.ReadLineAsync(Token))!)!["outcome"]!, new[] { "accepted", "already_known" });
    }

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(_scratch.Path, file), Token);

    private static string Lines(string word, int count)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < count; i++)
            lines.Append($$$"""{"id":"{{{(word.Length * 1_000_000L) + i}}}","text":"{{{word}}} number {{{i}}}","speaker":{"id":"ana","name":"Ana"},"scope":{"platform":"console","guild":"console","channel":"general","subject":"ana"}}""").Append('\n');
        return lines.ToString();
    }
}
