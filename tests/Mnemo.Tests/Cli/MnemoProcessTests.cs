using System.Text;
using System.Text.Json.Nodes;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

public sealed class MnemoProcessTests : IDisposable
{
    private const int LongInput = 20_000;
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("My dog is called Biscuit and I moved to Lyon in 2019.\n", "What is my dog called?\n", "Biscuit", "I don't know")]
    [InlineData("我的猫叫团子。\n", "我的猫叫什么？\n", "团子", "我不知道")]
    public async Task What_was_said_is_answered_in_a_new_process_but_not_to_a_stranger_elsewhere(string said, string question, string answer, string unknown)
    {
        var told = await MnemoProcess.RunAsync(_scratch.Path, said, "chat", "--as", "ana");
        var asked = await MnemoProcess.RunAsync(_scratch.Path, question, "chat", "--as", "ana");
        var stranger = await MnemoProcess.RunAsync(_scratch.Path, question, "chat", "--as", "ben", "--channel", "elsewhere");

        Assert.Equal((0, 0, 0), (told.Exit, asked.Exit, stranger.Exit));
        Assert.Equal("", told.Output);
        Assert.Contains("remembered ✓ 1", told.Errors, StringComparison.Ordinal);
        Assert.Contains(answer, Assert.Single(Lines(asked.Output)), StringComparison.Ordinal);
        Assert.Contains(unknown, Assert.Single(Lines(stranger.Output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_line_can_ask_and_the_records_are_listed()
    {
        var chat = await MnemoProcess.RunAsync(_scratch.Path,
            "My dog is called Biscuit and I moved to Lyon in 2019.\n我的猫叫团子。\nWhere did I move to?\nWhat is my hamster called?\n", "chat", "--as", "Ana");
        var list = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "list_records", "mnemosyne_default", "10");

        var answers = Lines(chat.Output);
        Assert.Equal(2, answers.Length);
        Assert.Contains("Lyon", answers[0], StringComparison.Ordinal);
        Assert.Contains("I don't know", answers[1], StringComparison.Ordinal);
        var rows = Lines(list.Output);
        Assert.Equal(3, rows.Length);
        Assert.Contains("团子", rows[1], StringComparison.Ordinal);
        Assert.Matches(@"^\d{15,19}  \d{4}-\d\d-\d\d \d\d:\d\d  Ana +My dog is called Biscuit", rows[2]);
    }

    [Fact]
    public async Task Somebody_forgotten_leaves_no_byte_in_any_file()
    {
        // The text index holds the stem and never the word itself.
        const string canary = "zanzibarcanary", stem = "zanzibarcanari";
        await MnemoProcess.RunAsync(_scratch.Path, $"My secret is {canary}.\nWhat is my secret {canary}?\n", "chat", "--as", "ana");
        await MnemoProcess.RunAsync(_scratch.Path, "I like tea.\n", "chat", "--as", "ben");
        Assert.NotEmpty(FilesWith(canary));
        Assert.Contains(FilesWith(stem), file => Path.GetFileName(file).StartsWith("words.db", StringComparison.Ordinal));

        var preview = await MnemoProcess.RunAsync(_scratch.Path, "/memory me forget\n", "chat", "--as", "ana");
        Assert.NotEmpty(FilesWith(canary));
        var forget = await MnemoProcess.RunAsync(_scratch.Path, "/memory me forget --confirm\n", "chat", "--as", "ana");
        var ben = await MnemoProcess.RunAsync(_scratch.Path, "What do I like?\n", "chat", "--as", "ben");

        Assert.Contains("--confirm", preview.Output, StringComparison.Ordinal);
        Assert.Equal(0, forget.Exit);
        Assert.Empty(FilesWith(canary));
        Assert.Empty(FilesWith(stem));
        Assert.Contains("tea", ben.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_bot_is_told_who_holds_the_directory()
    {
        await using var first = MnemoProcess.Start(_scratch.Path, "chat", "--as", "ana", "--json");
        await SayAsync(first, "I like tea.");

        var second = await MnemoProcess.RunAsync(_scratch.Path, "", "chat");

        Assert.Equal(2, second.Exit);
        Assert.Contains($"held by pid {first.Id}; use /memory in its chat", Assert.Single(Lines(second.Errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    public async Task A_signal_ends_it_well_and_everything_acknowledged_is_stored(string signal)
    {
        await using (var bot = MnemoProcess.Start(_scratch.Path, "chat", "--as", "ana", "--json"))
        {
            for (var i = 0; i < 20; i++) await SayAsync(bot, $"Fact number {i} is about thing{i}.");
            bot.Signal(signal);
            Assert.Equal(0, await bot.EndAsync());
        }

        var status = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "status");
        Assert.Matches(@"records\s+20", status.Output);
        Assert.Contains("0 waiting, 0 failed", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_it_although_its_input_never_does()
    {
        await using var bot = MnemoProcess.Start(_scratch.Path, "chat", "--as", "ana", "--json");
        var feeding = FeedAsync(bot.Input, LongInput);
        await bot.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        bot.Signal("SIGTERM");
        await bot.Output.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await bot.EndAsync());
        Assert.InRange(await feeding, 1, LongInput - 1);
    }

    [Theory]
    [InlineData("chat --as ana", 1)]
    [InlineData("chat --as ana --json", 1)]
    [InlineData("chat --as ana --json", LongInput)]
    [InlineData("memory status", 0)]
    public async Task An_output_that_takes_nothing_ends_it_with_a_failure(string arguments, int lines)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        await using var bot = MnemoProcess.StartInto("/dev/full", _scratch.Path, arguments.Split(' '));
        await FeedAsync(bot.Input, lines);

        Assert.Equal(1, await bot.EndAsync());
        Assert.DoesNotContain("   at ", await bot.ErrorsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_it_acknowledged_and_the_doctor_is_content()
    {
        await using (var bot = MnemoProcess.Start(_scratch.Path, "chat", "--as", "ana", "--json"))
        {
            for (var i = 0; i < 20; i++) await SayAsync(bot, $"Fact number {i} is about thing{i}.");
            bot.Signal("KILL");
            await bot.EndAsync();
        }

        var doctor = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "doctor");
        var list = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "list_records", "--help");
        var records = await MnemoProcess.RunAsync(_scratch.Path, "", "memory", "list_records", "mnemosyne_default", "100");

        Assert.True(doctor.Exit == 0, doctor.Output + doctor.Errors);
        Assert.Equal(0, list.Exit);
        Assert.Equal(21, Lines(records.Output).Length);
    }

    [Theory]
    [InlineData("config.json", "{ \"top_k\": \"many\" }", "top_k")]
    [InlineData("config.json", "{ \"vector_database_type\": \"fais\" }", "faiss")]
    [InlineData("config.json", "{ not json", "config.json")]
    public async Task A_wrong_setting_is_one_line_and_exit_code_78(string file, string text, string hint)
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, file), text, TestContext.Current.CancellationToken);

        var run = await MnemoProcess.RunAsync(_scratch.Path, "hello\n", "chat");

        Assert.Equal(78, run.Exit);
        Assert.Contains(hint, Assert.Single(Lines(run.Errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory statsu", "status")]
    [InlineData("chatt", "chat")]
    [InlineData("chat --jsn", "--json")]
    [InlineData("memory list_records x y", "from 1 to 1000")]
    [InlineData("memory drop_collection", "name")]
    [InlineData("chat --as *", "wildcard")]
    public async Task A_wrong_line_is_one_line_that_suggests_the_right_one(string arguments, string hint)
    {
        var run = await MnemoProcess.RunAsync(_scratch.Path, "", arguments.Split(' '));

        Assert.Equal(64, run.Exit);
        Assert.Contains(hint, run.Errors + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_lines_are_acknowledged_answered_and_known_again()
    {
        const string input = """
            {"id":"m1","text":"My dog is called Biscuit.","at":"2026-01-02T03:04:05Z"}
            {"id":"m1","text":"My dog is called Biscuit.","at":"2026-01-02T03:04:05Z"}
            {"id":"m2"}
            {"id":"m3","text":"What is my dog called?"}
            /memory get_session_id

            """;

        var run = await MnemoProcess.RunAsync(_scratch.Path, input, "chat", "--as", "ana", "--json");

        var lines = Lines(run.Output).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(0, run.Exit);
        Assert.Equal(("m1", "accepted"), ((string)lines[0]["ack"]!, (string)lines[0]["outcome"]!));
        Assert.Equal(("m1", "already_known"), ((string)lines[1]["ack"]!, (string)lines[1]["outcome"]!));
        Assert.NotNull(lines[2]["error"]);
        Assert.Equal(("m3", "question"), ((string)lines[3]["ack"]!, (string)lines[3]["outcome"]!));
        Assert.Contains("Biscuit", (string)lines[4]["answer"]!, StringComparison.Ordinal);
        Assert.Equal("console:@direct:@ana", (string)lines[5]["reply"]!);
    }

    [Fact]
    public async Task A_member_may_not_do_what_only_the_operator_may()
    {
        var ana = await MnemoProcess.RunAsync(_scratch.Path, "/memory drop_collection mnemosyne_default --confirm\n", "chat", "--as", "ana");
        var operatorRun = await MnemoProcess.RunAsync(_scratch.Path, "/memory drop_collection mnemosyne_default\n", "chat");

        Assert.Contains("for admins", ana.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("for admins", operatorRun.Output, StringComparison.Ordinal);
    }

    /// <summary>Says many lines, as long as they are read, and tells how many.</summary>
    private static async Task<int> FeedAsync(StreamWriter input, int lines)
    {
        var line = 0;
        try
        {
            for (; line < lines; line++) await input.WriteLineAsync($"Is fact {line} true?");
            input.Close();
        }
        catch (IOException)
        {
            // It reads no more.
        }

        return line;
    }

    private static async Task SayAsync(MnemoProcess process, string text)
    {
        await process.Input.WriteLineAsync(text);
        await process.Input.FlushAsync(TestContext.Current.CancellationToken);
        var line = await process.Output.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Equal("accepted", (string)JsonNode.Parse(line!)!["outcome"]!);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private List<string> FilesWith(string text)
    {
        var (utf8, utf16) = (Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text));
        return [.. Directory.EnumerateFiles(_scratch.Path, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllBytes(f) is var bytes && (bytes.AsSpan().IndexOf(utf8) >= 0 || bytes.AsSpan().IndexOf(utf16) >= 0))];
    }
}
