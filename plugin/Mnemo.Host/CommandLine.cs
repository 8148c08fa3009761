using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Mnemo.Localization;

namespace Mnemo.Host;

/// <summary>Parses, explains what is wrong in one line, and runs.</summary>
internal static class CommandLine
{
    public static async Task<int> InvokeAsync(RootCommand root, string[] args, Strings strings)
    {
        var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            await Console.Error.WriteLineAsync(Explain(parsed, strings));
            return ExitCode.Usage;
        }

        // Signals are the verbs' own business: they finish their batch first.
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>What is wrong, in one line. The parser's own messages are English whatever the language, so each of them has its text here.</summary>
    internal static string Explain(ParseResult parsed, Strings strings)
    {
        var path = string.Join(' ', parsed.CommandResult.Path());
        if (parsed.UnmatchedTokens.Count > 0) return ExplainUnknown(parsed, path, strings);
        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult { IdentifierTokenCount: > 0, Tokens.Count: 0 } given => strings["cli.novalue", given.Option.Name, path],
            OptionResult { Tokens.Count: > 1 } given => strings["cli.onevalue", given.Option.Name, path],
            _ when Missing(parsed) is { } missing => strings["cli.missing", missing, path],
            CommandResult { Command.Subcommands.Count: > 0 } => strings["cli.nocommand", path],
            _ => strings["cli.wrong", error.Message.TrimEnd('.', '。'), path],
        };
    }

    private static string ExplainUnknown(ParseResult parsed, string path, Strings strings)
    {
        var word = parsed.UnmatchedTokens[0];
        var known = word.StartsWith('-')
            ? parsed.CommandResult.Chain().SelectMany(c => c.Options).Select(o => o.Name)
            : parsed.CommandResult.Command.Subcommands.Select(c => c.Name);
        var near = Spelling.Nearest(word, known);
        return near is null ? strings["cli.unknown", word, path] : strings["cli.unknown.near", word, near, path];
    }

    /// <summary>The first argument or option that has to be there and is not.</summary>
    private static string? Missing(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var argument = command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > (parsed.GetResult(a)?.Tokens.Count ?? 0));
        return argument is not null ? $"<{argument.Name}>" : command.Options.FirstOrDefault(o => o.Required && parsed.GetResult(o) is not { IdentifierTokenCount: > 0 })?.Name;
    }

    private static IEnumerable<string> Path(this CommandResult result) => result.Chain().Reverse().Select(c => c is RootCommand ? "mnemo" : c.Name);

    private static IEnumerable<Command> Chain(this CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command) yield return command.Command;
        }
    }
}
