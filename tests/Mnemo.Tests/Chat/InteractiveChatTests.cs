using Mnemo.Plugin.Chat.Console;
using Mnemo.Tests.Commands;
using Spectre.Console;
using Xunit;

namespace Mnemo.Tests.Chat;

public sealed class InteractiveChatTests
{
    [Fact]
    public async Task The_history_keeps_what_the_memory_keeps()
    {
        await using var bot = await TestBot.StartAsync();

        await TypeAsync(bot, null, "My dog is called Biscuit.", "What is my dog called?", "/memory status");

        Assert.Equal(["My dog is called Biscuit.", "What is my dog called?", "/memory status"], History(bot));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("incognito")]
    public async Task The_history_keeps_nothing_of_who_does_not_want_to_be_remembered(string mode)
    {
        await using var bot = await TestBot.StartAsync();

        await TypeAsync(bot, null, $"/memory me privacy {mode}", "My PIN is 1234", "What is my PIN 1234?", "/memory remember my PIN is 1234", "/memroy remember my PIN is 1234");

        Assert.DoesNotContain(History(bot), line => line.Contains("1234", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_history_keeps_no_message_in_a_channel_that_is_switched_off()
    {
        await using var bot = await TestBot.StartAsync();

        await TypeAsync(bot, "general", "/memory settings channel off", "My PIN is 1234", "What is my PIN 1234?");

        Assert.Equal(["/memory settings channel off"], History(bot));
    }

    private static string[] History(TestBot bot)
    {
        var directory = Path.Combine(bot.DataDirectory, "console");
        return Directory.Exists(directory) ? [.. Directory.GetFiles(directory).SelectMany(File.ReadAllLines)] : [];
    }

    private static async Task TypeAsync(TestBot bot, string? channel, params IReadOnlyList<string> lines)
    {
        var keys = new Queue<ConsoleKeyInfo>(lines.SelectMany(l => l.Select(c => new ConsoleKeyInfo(c, default, false, false, false)).Append(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false))));
        var reader = new InputPump<ConsoleKeyInfo?>(() => keys.TryDequeue(out var key) ? key : null);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(new StringWriter()), Interactive = InteractionSupport.No });
        var chat = new InteractiveChat(bot.Runtime, bot.ChatResponder, bot.Commands, new ConsoleIdentity(null, channel, bot.Runtime.Config, bot.Clock),
            new ConsoleScreen(console, bot.Clock), new LineEditor(reader, new StringWriter(), () => 80));
        await chat.RunAsync(TestContext.Current.CancellationToken);
    }
}
