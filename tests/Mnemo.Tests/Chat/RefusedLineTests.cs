using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Commands;
using Mnemo.Tests.Commands;
using Xunit;

namespace Mnemo.Tests.Chat;

/// <summary>Lines that the chat does not take: one clear line each, and the next one has its turn.</summary>
public sealed class RefusedLineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", "the message has 20,001 characters, at most 20,000 are taken")]
    [InlineData("zh-CN", "这条消息有 20,001 个字符，最多接受 20,000 个")]
    public async Task A_message_that_is_too_long_is_named_with_its_length_and_the_limit(string language, string said)
    {
        await using var bot = await TestBot.StartAsync(("language", language));
        var plain = await RunAsync(bot, isJson: false, new string('x', 20_001), "I like tea.");
        var json = await RunAsync(bot, isJson: true, Line(new string('x', 20_001)), Line("I like tea.", "b"));

        Assert.Contains(said, Assert.Single(plain.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => !l.Contains('✓')), StringComparison.Ordinal);
        var lines = json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(("a", "b"), ((string)lines[0]["to"]!, (string)lines[1]["ack"]!));
        Assert.Contains(said, (string)lines[0]["error"]!, StringComparison.Ordinal);
        Assert.Equal("I like tea.", Assert.Single(await bot.MemoriesAsync()).Text);
    }

    [Fact]
    public async Task The_limit_is_a_setting()
    {
        await using var bot = await TestBot.StartAsync(("capture.max_message_length", "500"));
        Assert.Contains("501 characters, at most 500", await RunAsync(bot, isJson: true, Line(new string('x', 501))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_or_a_thing_to_remember_that_is_too_long_is_refused_too()
    {
        await using var bot = await TestBot.StartAsync();
        var turn = await bot.SayAsync(TestBot.Member("ana"), new string('x', 20_000) + "?");
        Assert.True(turn.Receipt.IsRefused);
        Assert.Null(turn.Answer);
        Assert.Contains("20,001 characters, at most 20,000", await bot.TextOfAsync(TestBot.Member("ana"), "/memory remember " + new string('x', 20_001)), StringComparison.Ordinal);
        Assert.Contains("at most 21,000", await bot.TextOfAsync(TestBot.Member("ana"), "/memory recall " + new string('x', 30_000)), StringComparison.Ordinal);
        Assert.Empty(await bot.MemoriesAsync());
    }

    [Theory]
    [InlineData("""{"id":"a","text":"tea \u0000"}""", "U+0000")]
    [InlineData("""{"id":"a\u0000","text":"tea"}""", "\"id\"")]
    [InlineData("""{"id":"a","text":"tea","at":"9999-06-01T00:00:00Z"}""", "year 9998")]
    [InlineData("""{"id":"a","text":"tea","at":"9999-12-31T23:59:59Z"}""", "year 9998")]
    [InlineData("""{"id":"a","text":"/memory remember tea \u0000"}""", "U+0000")]
    public async Task What_no_store_could_keep_is_refused_in_one_line(string line, string said)
    {
        await using var bot = await TestBot.StartAsync();
        Assert.Contains(said, JsonNode.Parse(await RunAsync(bot, isJson: true, line))!.AsObject().Single(p => p.Key is "error" or "reply").Value!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await bot.MemoriesAsync());
    }

    [Fact]
    public async Task A_line_of_fifty_mebibytes_is_refused_in_seconds()
    {
        await using var bot = await TestBot.StartAsync();
        var text = string.Concat(Enumerable.Repeat("I like tea. ", (50 << 20) / 12));
        var started = TimeProvider.System.GetTimestamp();
        await RunAsync(bot, isJson: false, text, text + "?", "/memory remember " + text, "/memory recall " + string.Concat(Enumerable.Repeat("'=\"", 5000)));
        await RunAsync(bot, isJson: true, Line(text));

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 30);
        Assert.Empty(await bot.MemoriesAsync());
    }

    [Fact]
    public void A_command_line_of_quotes_that_never_close_is_read_once()
    {
        var started = TimeProvider.System.GetTimestamp();
        TextTokens.Split(string.Concat(Enumerable.Repeat("a='", 300_000)));
        TextTokens.Split(string.Concat(Enumerable.Repeat("'a ", 300_000)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task A_text_that_is_pasted_is_read_in_proportion_to_its_length()
    {
        const int letters = 300_000;
        var (left, screen) = (letters, new StringWriter());
        var editor = new LineEditor(new InputPump<ConsoleKeyInfo?>(() => left-- switch
        {
            > 0 => new ConsoleKeyInfo('x', default, false, false, false),
            0 => new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false),
            _ => null,
        }), screen, () => 80);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(letters, (await editor.ReadAsync("> ", Token))!.Length);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 20);
    }

    private static string Line(string text, string id = "a") => JsonSerializer.Serialize(new { id, text });

    private static async Task<string> RunAsync(TestBot bot, bool isJson, params IReadOnlyList<string> lines)
    {
        var output = new StringWriter { NewLine = "\n" };
        var left = new Queue<string>(lines);
        await new RedirectedChat(bot.Runtime, bot.ChatResponder, bot.Commands, new ConsoleIdentity("ana", null, bot.Runtime.Config, bot.Clock), new RedirectedOutput(output, output, isJson))
            .RunAsync(new InputPump<string>(() => left.TryDequeue(out var line) ? line : null), Token);
        return output.ToString();
    }
}
