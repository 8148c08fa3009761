using System.CommandLine;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;

namespace Mnemo.Host;

/// <summary><c>mnemo memory …</c>: every command of the model as a verb, run once: by the bot that runs on the data directory, else by one in this process.</summary>
internal static class MemoryVerb
{
    public static Command Make(CommonOptions common, Strings strings)
    {
        var who = new WhoOptions(strings);
        var memory = new Command("memory", strings["cli.memory"]) { who.Name, who.Channel };
        foreach (var command in CommandModel.In("")) memory.Add(Make(command, common, who, strings));
        foreach (var group in CommandModel.Groups)
        {
            var verbs = new Command(group, strings[$"cmd.group.{group}"]);
            foreach (var command in CommandModel.In(group)) verbs.Add(Make(command, common, who, strings));
            memory.Add(verbs);
        }

        return memory;
    }

    private static Command Make(CommandDefinition command, CommonOptions common, WhoOptions who, Strings strings)
    {
        var verb = new Command(command.Name, strings[command.SummaryKey]);
        var readers = new List<(string Name, Func<ParseResult, string> Read)>();
        foreach (var option in command.AllOptions) readers.Add((option.Name, Add(verb, command, option, strings)));
        common.Run(verb, call =>
        {
            var raw = readers.ToDictionary(r => r.Name, r => r.Read(call.Parsed), StringComparer.Ordinal);
            var arguments = CommandArguments.Bind(command, raw, call.Strings, out var problem);
            return arguments is null
                ? ShowAsync(call, CommandReply.Misused(problem, call.Strings["cmd.help.usage", CommandHelp.Usage(command)]))
                : RunAsync(call, command, arguments, who);
        });
        return verb;
    }

    private static async Task<int> RunAsync(VerbCall call, CommandDefinition command, CommandArguments arguments, WhoOptions who)
    {
        if (command.Offline is { } offline) return await ShowAsync(call, offline(arguments, call.Config, call.Strings));
        var caller = BotAccess.Caller(call, call.Parsed.GetValue(who.Name), call.Parsed.GetValue(who.Channel));
        return await BotAccess.RunAsync(call, async bot =>
        {
            var reply = await call.Terminal.WhileWaitingAsync(bot.RunAsync(command, arguments, caller, call.Stopping), call.Strings["chat.working"]);
            return await ShowAsync(call, reply);
        });
    }

    private static async Task<int> ShowAsync(VerbCall call, CommandReply reply)
    {
        await call.Terminal.ShowAsync(reply);
        return reply.IsUsageProblem ? ExitCode.Usage : reply.IsSuccess ? ExitCode.Ok : ExitCode.Failure;
    }

    private static Func<ParseResult, string> Add(Command verb, CommandDefinition command, CommandOption option, Strings strings)
    {
        var description = CommandHelp.Describe(command, option, strings);
        if (option.IsPositional && option.Type == CommandOptionType.Rest)
        {
            var rest = new Argument<string[]>(option.Name) { Description = description, Arity = option.IsRequired ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore };
            verb.Add(rest);
            return parsed => string.Join(' ', parsed.GetValue(rest) ?? []);
        }

        if (option.IsPositional)
        {
            var place = new Argument<string?>(option.Name) { Description = description, Arity = option.IsRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
            verb.Add(place);
            return parsed => parsed.GetValue(place) ?? "";
        }

        if (option.Type == CommandOptionType.Flag)
        {
            var flag = new Option<bool>("--" + option.Name) { Description = description };
            verb.Add(flag);
            return parsed => parsed.GetValue(flag) ? "true" : "";
        }

        var named = new Option<string?>("--" + option.Name) { Description = description };
        verb.Add(named);
        return parsed => parsed.GetValue(named) ?? "";
    }
}
