using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

internal static class HelpCommand
{
    public static Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation) =>
        Task.FromResult(Explain(call.Arguments, call.Caller.IsAdmin, call.Strings));

    public static CommandReply Explain(CommandArguments arguments, bool isAdmin, Strings strings)
    {
        var words = arguments["command"].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && words[0] == CommandText.Prefix) words = words[1..];
        if (words.Length == 0) return CommandHelp.Overview(isAdmin, strings);
        var located = CommandText.Locate(words, strings);
        return located.Command is { } command ? CommandHelp.Of(command, strings) : located.Problem!;
    }
}
