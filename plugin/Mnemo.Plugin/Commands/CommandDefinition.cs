using Mnemo.Plugin.Config;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>One command of the bot. Slash commands, the text form, CLI verbs and help are all made from it.</summary>
/// <param name="Name">Lower case with underscores, unique within its group.</param>
/// <param name="Group">The group it stands in; empty at the top.</param>
/// <param name="Access">Who may use it.</param>
/// <param name="Handler">What it does. Destructive ones only preview unless the call is confirmed.</param>
public sealed record CommandDefinition(
    string Name, string Group, CommandAccess Access, Func<CommandCall, CancellationToken, Task<CommandReply>> Handler)
{
    /// <summary>What it takes, positional ones in their order.</summary>
    public IReadOnlyList<CommandOption> Options { get; init; } = [];

    /// <summary>Whether it destroys something: it takes <c>--confirm</c>, and previews without.</summary>
    public bool IsDestructive { get; init; }

    /// <summary>Answers without a running bot, for commands that need no store; null for the others.</summary>
    public Func<CommandArguments, MnemoConfig, Strings, CommandReply>? Offline { get; init; }

    /// <summary>The name as it is typed, with its group.</summary>
    public string Path => Group.Length == 0 ? Name : $"{Group} {Name}";

    /// <summary>The string key of its one-line summary.</summary>
    public string SummaryKey => Group.Length == 0 ? $"cmd.{Name}" : $"cmd.{Group}.{Name}";

    /// <summary>The string key of an option's one-line summary.</summary>
    public string SummaryKeyOf(CommandOption option) => ReferenceEquals(option, CommandOption.Confirm) ? "cmd.option.confirm" : $"{SummaryKey}.{option.Name}";

    /// <summary>Every option, the confirmation of destructive ones included.</summary>
    public IReadOnlyList<CommandOption> AllOptions => IsDestructive ? [.. Options, CommandOption.Confirm] : Options;
}

/// <summary>Who may use a command.</summary>
public enum CommandAccess
{
    /// <summary>Everybody, within what their scope sees.</summary>
    Member,

    /// <summary>Whoever runs the bot.</summary>
    Admin,
}

/// <summary>Something that a command takes.</summary>
/// <param name="Name">The name after the two dashes.</param>
/// <param name="Type">What may stand there.</param>
public sealed record CommandOption(string Name, CommandOptionType Type)
{
    /// <summary>The flag that destructive commands take.</summary>
    public static CommandOption Confirm { get; } = new("confirm", CommandOptionType.Flag);

    /// <summary>Whether it can be given by its place alone.</summary>
    public bool IsPositional { get; init; }

    /// <summary>Whether the command cannot do without.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The value when it is left out; empty for none.</summary>
    public string Default { get; init; } = "";

    /// <summary>The values that can be chosen; empty for free ones.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The least number.</summary>
    public long Min { get; init; } = 1;

    /// <summary>The greatest number.</summary>
    public long Max { get; init; } = 1_000_000;
}

/// <summary>What may stand in an option.</summary>
public enum CommandOptionType
{
    /// <summary>One word, or several in quotes.</summary>
    Text,

    /// <summary>The rest of the line as it stands.</summary>
    Rest,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>On when it is there.</summary>
    Flag,
}
