using Mnemo.Plugin.Commands;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>Completes command lines from the command model.</summary>
internal static class CommandCompletion
{
    /// <summary>What could stand in place of the last word of the line; empty when the line is no command.</summary>
    public static IReadOnlyList<string> For(string line)
    {
        if (!line.StartsWith('/')) return [];
        var words = line.Split(' ');
        if (words.Length == 1) return Fits(words[0], [CommandText.Prefix]);
        if (words[0] != CommandText.Prefix) return [];
        var isGroup = CommandModel.Groups.Contains(words[1], StringComparer.Ordinal);
        if (words.Length == 2) return Fits(words[1], CommandModel.In("").Select(c => c.Name).Concat(CommandModel.Groups));
        if (words.Length == 3 && isGroup) return Fits(words[2], CommandModel.In(words[1]).Select(c => c.Name));
        var command = isGroup ? CommandModel.Find(words[1], words[2]) : CommandModel.Find("", words[1]);
        if (command is null) return [];
        if (ReferenceEquals(command, CommandModel.Help)) return Fits(words[^1], CommandModel.All.Select(c => c.Name));
        var flags = command.AllOptions.Where(o => !o.IsPositional).Select(o => $"--{o.Name}");
        var place = words.Length - (isGroup ? 4 : 3);
        var choices = command.Options.Where(o => o.IsPositional).Skip(place).Take(1).SelectMany(o => o.Choices);
        return Fits(words[^1], choices.Concat(flags));
    }

    /// <summary>The line with its last word completed as far as all candidates agree.</summary>
    public static string Complete(string line, IReadOnlyList<string> candidates)
    {
        if (candidates.Count == 0) return line;
        var common = candidates[0];
        foreach (var candidate in candidates)
        {
            var length = 0;
            while (length < Math.Min(common.Length, candidate.Length) && common[length] == candidate[length]) length++;
            common = common[..length];
        }

        var start = line.LastIndexOf(' ') + 1;
        return line[..start] + common + (candidates.Count == 1 ? " " : "");
    }

    private static List<string> Fits(string word, IEnumerable<string> known) =>
        [.. known.Where(k => k.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal)];
}
