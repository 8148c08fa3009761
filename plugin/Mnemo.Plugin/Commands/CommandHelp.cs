using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>Help made from the model, so that it cannot say anything the commands do not do.</summary>
public static class CommandHelp
{
    /// <summary>How a command is typed: <c>/memory list_records [collection] [n]</c>.</summary>
    public static string Usage(CommandDefinition command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var parts = command.AllOptions.Select(o => (o.IsPositional, o.IsRequired, o.Type) switch
        {
            (true, true, _) => $"<{o.Name}>",
            (true, false, _) => $"[{o.Name}]",
            (false, _, CommandOptionType.Flag) => $"[--{o.Name}]",
            _ => $"[--{o.Name} …]",
        });
        return string.Join(' ', [CommandText.Prefix, command.Path, .. parts]);
    }

    /// <summary>The list of all commands that the caller may use.</summary>
    public static CommandReply Overview(bool isAdmin, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var blocks = new List<ReplyBlock> { new ReplyBlock.Paragraph(strings["cmd.help.intro"]) };
        blocks.Add(new ReplyBlock.Rows(Lines(CommandModel.All.Where(c => c.Access == CommandAccess.Member), strings)));
        if (isAdmin)
        {
            blocks.Add(new ReplyBlock.Heading(strings["cmd.help.admin"]));
            blocks.Add(new ReplyBlock.Rows(Lines(CommandModel.All.Where(c => c.Access == CommandAccess.Admin), strings)));
        }

        blocks.Add(new ReplyBlock.Paragraph(strings["cmd.help.more"]));
        return CommandReply.Ok(blocks);
    }

    /// <summary>One command in full.</summary>
    public static CommandReply Of(CommandDefinition command, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(strings);
        var blocks = new List<ReplyBlock>
        {
            new ReplyBlock.Paragraph(strings[command.SummaryKey]),
            new ReplyBlock.Paragraph(strings["cmd.help.usage", Usage(command)]),
        };
        if (command.AllOptions.Count > 0) blocks.Add(new ReplyBlock.Rows([.. command.AllOptions.Select(o => (o.Name, Describe(command, o, strings)))]));
        if (command.Access == CommandAccess.Admin) blocks.Add(new ReplyBlock.Notice(NoticeKind.Info, strings["cmd.help.needsadmin"]));
        if (command.IsDestructive) blocks.Add(new ReplyBlock.Notice(NoticeKind.Warning, strings["cmd.help.destructive"]));
        return CommandReply.Ok(blocks);
    }

    /// <summary>An option's summary with its choices, range and default.</summary>
    public static string Describe(CommandDefinition command, CommandOption option, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(option);
        ArgumentNullException.ThrowIfNull(strings);
        var text = strings[command.SummaryKeyOf(option)];
        if (option.Choices.Count > 0) text += $" ({string.Join(" | ", option.Choices)})";
        if (option.Type == CommandOptionType.Number) text += $" ({option.Min}–{option.Max})";
        return option.Default.Length > 0 ? $"{text} [{option.Default}]" : text;
    }

    private static List<(string, string)> Lines(IEnumerable<CommandDefinition> commands, Strings strings) =>
        [.. commands.Select(c => (Usage(c), strings[c.SummaryKey]))];
}
