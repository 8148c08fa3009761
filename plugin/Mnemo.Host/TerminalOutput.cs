using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Commands;
using Spectre.Console;

namespace Mnemo.Host;

/// <summary>Shows replies of one-shot verbs: drawn on a terminal, as plain lines in a pipe.</summary>
internal sealed class TerminalOutput(TextWriter output, bool isTerminal)
{
    private readonly ConsoleScreen _screen = new(AnsiConsole.Console, TimeProvider.System);

    public async Task ShowAsync(CommandReply reply)
    {
        if (isTerminal) _screen.Show(reply);
        else foreach (var line in PlainReplies.Render(reply)) await output.WriteLineAsync(line);
    }

    public async Task<T> WhileWaitingAsync<T>(Task<T> work, string label)
    {
        if (isTerminal) await _screen.WhileWaitingAsync(work, label);
        return await work;
    }
}
