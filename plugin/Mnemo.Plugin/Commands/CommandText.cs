using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>Reads the text form: <c>/memory list_records mnemosyne_default 10 --flag --name value --name=value</c>.</summary>
public static class CommandText
{
    /// <summary>The word that every command starts with.</summary>
    public const string Prefix = "/memory";

    /// <summary>Whether a chat line is a command or a near miss of one, and so never something to remember.</summary>
    public static bool IsCommand(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var word = FirstWord(line);
        return word == Prefix || (word.Length > 1 && word[0] == '/' && Spelling.Nearest(word, [Prefix]) is not null);
    }

    /// <summary>Understands a line that starts with the prefix, or explains what is wrong with it.</summary>
    public static CommandParse Parse(string line, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(strings);
        var tokens = TextTokens.Split(line);
        var at = 0;
        if (tokens.Count > 0 && (tokens[0].Text.StartsWith('/') || tokens[0].Text.StartsWith('／')))
        {
            if (FirstWord(line) != Prefix) return CommandParse.Wrong(strings["cmd.parse.prefix", tokens[0].Text, Prefix]);
            at = 1;
        }

        if (tokens.Count == at) return new CommandParse(CommandModel.Help, CommandArguments.Bind(CommandModel.Help, NoValues, strings, out _), null);
        var located = Locate([.. tokens.Skip(at).Select(t => t.Text)], strings);
        return located.Command is not { } command ? located : Arguments(command, line, tokens, at + (command.Group.Length > 0 ? 2 : 1), strings);
    }

    /// <summary>Finds the command that words begin with; its arguments are left unread.</summary>
    internal static CommandParse Locate(IReadOnlyList<string> words, Strings strings)
    {
        var group = CommandModel.Groups.FirstOrDefault(g => g.Equals(words[0], StringComparison.OrdinalIgnoreCase)) ?? "";
        var at = group.Length > 0 ? 1 : 0;
        if (words.Count == at) return GroupAlone(group, strings);
        return CommandModel.Find(group, words[at]) is { } command ? new CommandParse(command, null, null) : Unknown(group, words[at], strings);
    }

    private static CommandParse Arguments(CommandDefinition command, string line, IReadOnlyList<TextToken> tokens, int from, Strings strings)
    {
        var raw = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new Queue<CommandOption>(command.Options.Where(o => o.IsPositional));
        for (var at = from; at < tokens.Count; at++)
        {
            if (OptionName(tokens[at]) is { } name)
            {
                var problem = ReadOption(command, tokens, ref at, name, raw, strings);
                if (problem.Length > 0) return CommandParse.Wrong(problem, Usage(command, strings));
                continue;
            }

            while (places.Count > 0 && raw.ContainsKey(places.Peek().Name)) places.Dequeue();
            if (!places.TryDequeue(out var place)) return CommandParse.Wrong(strings["cmd.parse.extra", tokens[at].Text], Usage(command, strings));
            raw[place.Name] = place.Type == CommandOptionType.Rest ? Rest(command, line, tokens, ref at) : tokens[at].Text;
        }

        var bound = CommandArguments.Bind(command, raw, strings, out var wrong);
        return bound is null ? CommandParse.Wrong(wrong, Usage(command, strings)) : new CommandParse(command, bound, null);
    }

    private static string ReadOption(
        CommandDefinition command, IReadOnlyList<TextToken> tokens, ref int at, string name, Dictionary<string, string> raw, Strings strings)
    {
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        var value = equals < 0 ? null : name[(equals + 1)..];
        if (equals >= 0) name = name[..equals];
        var option = command.AllOptions.FirstOrDefault(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (option is null)
        {
            var near = Spelling.Nearest(name, command.AllOptions.Select(o => o.Name));
            return near is null ? strings["cmd.parse.option", name, command.Path] : strings["cmd.parse.option.near", name, command.Path, near];
        }

        if (option.Type == CommandOptionType.Flag) raw[option.Name] = value ?? "true";
        else if (value is not null) raw[option.Name] = value;
        else if (at + 1 < tokens.Count && OptionName(tokens[at + 1]) is null) raw[option.Name] = tokens[++at].Text;
        else return strings["cmd.parse.value", option.Name];
        return "";
    }

    /// <summary>Everything up to the end of the line or to an option of this very command; other dashes are part of the text.</summary>
    private static string Rest(CommandDefinition command, string line, IReadOnlyList<TextToken> tokens, ref int at)
    {
        var first = at;
        while (at + 1 < tokens.Count && !IsOptionOf(command, tokens[at + 1])) at++;
        return first == at && tokens[at].IsQuoted ? tokens[at].Text : line[tokens[first].Start..tokens[at].End];
    }

    private static bool IsOptionOf(CommandDefinition command, TextToken token) =>
        OptionName(token) is { } name && command.AllOptions.Any(o => o.Name.Equals(name.Split('=')[0], StringComparison.OrdinalIgnoreCase));

    /// <summary>The name after two dashes, or after the one long dash that phones make of them.</summary>
    private static string? OptionName(TextToken token)
    {
        if (token.IsQuoted) return null;
        if (token.Text.Length > 2 && token.Text.StartsWith("--", StringComparison.Ordinal)) return token.Text[2..];
        return token.Text.Length > 1 && token.Text[0] is '—' or '–' && char.IsLetter(token.Text[1]) ? token.Text[1..] : null;
    }

    private static CommandParse GroupAlone(string group, Strings strings)
    {
        var members = CommandModel.In(group).Select(c => c.Name);
        return CommandParse.Wrong(strings["cmd.parse.group", group, string.Join(", ", members)]);
    }

    private static CommandParse Unknown(string group, string word, Strings strings)
    {
        var known = group.Length > 0 ? CommandModel.In(group).Select(c => c.Name) : CommandModel.In("").Select(c => c.Name).Concat(CommandModel.Groups);
        var near = Spelling.Nearest(word, known);
        var suggestion = near is null ? strings["cmd.parse.seehelp"] : strings["cmd.parse.near", $"{Prefix} {(group.Length > 0 ? group + " " : "")}{near}"];
        return CommandParse.Wrong(strings["cmd.parse.unknown", group.Length > 0 ? $"{group} {word}" : word], suggestion);
    }

    private static string Usage(CommandDefinition command, Strings strings) => strings["cmd.help.usage", CommandHelp.Usage(command)];

    private static string FirstWord(string line)
    {
        var trimmed = line.AsSpan().Trim();
        var end = trimmed.IndexOfAny(' ', '\t', '\u3000');
        return (end < 0 ? trimmed : trimmed[..end]).ToString().Replace('／', '/').ToLowerInvariant();
    }

    private static readonly Dictionary<string, string> NoValues = new(StringComparer.Ordinal);
}

/// <summary>A line understood, or what is wrong with it.</summary>
/// <param name="Command">The command.</param>
/// <param name="Arguments">Its checked values.</param>
/// <param name="Problem">What to answer instead.</param>
public sealed record CommandParse(CommandDefinition? Command, CommandArguments? Arguments, CommandReply? Problem)
{
    internal static CommandParse Wrong(params IReadOnlyList<string> lines) => new(null, null, CommandReply.Misused(lines));
}
