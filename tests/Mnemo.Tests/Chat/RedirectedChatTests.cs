using System.Text.Json.Nodes;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Tests.Commands;
using Xunit;

namespace Mnemo.Tests.Chat;

public sealed class RedirectedChatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_that_fails_is_named_and_the_next_one_has_its_turn()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.Runtime.Control.WriteAsync(c => c.Execute("DROP TABLE settings"), Token);
        var output = new StringWriter();

        var isComplete = await RunAsync(bot, output, """{"id":"a","text":"My dog is called Biscuit."}""", """{"id":"b","text":"What is my dog called?"}""", """{"id":"c","text":"/memory status"}""");

        Assert.False(isComplete);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.All(lines, line => Assert.NotNull(line["error"]));
        Assert.Equal(["a", "b", "b", "c"], lines.Select(line => (string)line["to"]!));
    }

    [Fact]
    public async Task An_output_that_fails_ends_the_chat_and_nobody_waits_for_it()
    {
        await using var bot = await TestBot.StartAsync();

        await Assert.ThrowsAsync<IOException>(() => RunAsync(bot, new FullWriter(), [.. Enumerable.Range(0, 2000).Select(i => $"Is fact {i} true?")]));
    }

    private static Task<bool> RunAsync(TestBot bot, TextWriter output, params IReadOnlyList<string> lines)
    {
        var identity = new ConsoleIdentity("ana", null, bot.Runtime.Config, bot.Clock);
        var left = new Queue<string>(lines);
        return new RedirectedChat(bot.Runtime, bot.ChatResponder, bot.Commands, identity, new RedirectedOutput(output, output, isJson: true))
            .RunAsync(new InputPump<string>(() => left.TryDequeue(out var line) ? line : null), Token);
    }

    /// <summary>A file on a disk without room.</summary>
    private sealed class FullWriter : StringWriter
    {
        public override Task WriteAsync(string? value) => throw new IOException("No space left on device");

        public override Task FlushAsync() => throw new IOException("No space left on device");
    }
}
