using System.CommandLine;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Localization;
using Spectre.Console;

namespace Mnemo.Host;

/// <summary><c>mnemo chat</c>, and plain <c>mnemo</c>: the bot with the console as its chat.</summary>
internal static class ChatVerb
{
    public static Command Make(CommonOptions common, Strings strings)
    {
        var who = new WhoOptions(strings);
        var json = new Option<bool>("--json") { Description = strings["cli.json"] };
        var chat = new Command("chat", strings["cli.chat"]) { who.Name, who.Channel, json };
        common.Run(chat, call => UntilStoppedAsync(call, RunAsync(call, call.Parsed.GetValue(who.Name), call.Parsed.GetValue(who.Channel), call.Parsed.GetValue(json))));
        return chat;
    }

    /// <summary>Without a verb the bot runs: with a chat where somebody can type, else until it is told to stop.</summary>
    public static void AttachTo(RootCommand root, CommonOptions common) =>
        common.Run(root, call => UntilStoppedAsync(call, StandardInput.IsNothing ? WaitAsync(call) : RunAsync(call, null, null, isJson: false)));

    /// <summary>To be stopped is how a bot ends, even when it has hardly begun; every other verb has failed then.</summary>
    private static async Task<int> UntilStoppedAsync(VerbCall call, Task<int> bot)
    {
        try
        {
            return await bot;
        }
        catch (OperationCanceledException) when (call.Stopping.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static async Task<int> RunAsync(VerbCall call, string? name, string? channel, bool isJson)
    {
        var identity = new ConsoleIdentity(name, channel, call.Config, TimeProvider.System);
        await using var bot = await RunningBot.StartAsync(call);
        if (!isJson && StandardInput.IsTerminal)
        {
            var editor = new LineEditor(new InputPump<ConsoleKeyInfo?>(NextKey), call.Output, () => AnsiConsole.Profile.Width);
            await new InteractiveChat(bot.Runtime, bot.ChatResponder, bot.Commands, identity, new ConsoleScreen(AnsiConsole.Console, TimeProvider.System), editor).RunAsync(call.Stopping);
            return ExitCode.Ok;
        }

        var output = new RedirectedOutput(call.Output, call.Errors, isJson);
        var isComplete = await new RedirectedChat(bot.Runtime, bot.ChatResponder, bot.Commands, identity, output).RunAsync(new InputPump<string>(call.Input.ReadLine), call.Stopping);
        return isComplete ? ExitCode.Ok : ExitCode.Failure;
    }

    /// <summary>A terminal that has gone away is the end of the keys.</summary>
    private static ConsoleKeyInfo? NextKey()
    {
        try
        {
            return Console.ReadKey(intercept: true);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private static async Task<int> WaitAsync(VerbCall call)
    {
        await using var bot = await RunningBot.StartAsync(call);
        await call.Errors.WriteLineAsync(call.Strings["cli.running", Environment.ProcessId, call.Config.DataDirectory]);
        await call.UntilStoppedAsync();
        return ExitCode.Ok;
    }
}
