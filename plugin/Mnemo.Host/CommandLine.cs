using System.CommandLine;
using System.CommandLine.Help;
using Mnemo.Plugin;

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

    private static string Explain(ParseResult parsed, Strings strings)
    {
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', parsed.CommandResult.Path());
        var missing = command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > (parsed.GetResult(a)?.Tokens.Count ?? 0));
        if (missing is not null && parsed.UnmatchedTokens.Count == 0) return strings["cli.missing", missing.Name, path];
        if (parsed.UnmatchedTokens.Count == 0) return $"{parsed.Errors[0].Message.TrimEnd('.')}. {strings["cli.seehelp", path]}";
        var word = parsed.UnmatchedTokens[0];
        var known = word.StartsWith('-')
            ? parsed.CommandResult.Chain().SelectMany(c => c.Options).Select(o => o.Name)
            : command.Subcommands.Select(c => c.Name);
        var near = Spelling.Nearest(word, known);
        return near is null ? strings["cli.unknown", word, path] : strings["cli.unknown.near", word, near, path];
    }

    private static IEnumerable<string> Path(this System.CommandLine.Parsing.CommandResult result) => result.Chain().Reverse().Select(c => c is RootCommand ? "mnemo" : c.Name);

    private static IEnumerable<Command> Chain(this System.CommandLine.Parsing.CommandResult result)
    {
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult command) yield return command.Command;
        }
    }
}
