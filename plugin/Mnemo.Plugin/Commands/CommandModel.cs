using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>The one list of commands. A new one is a line here, a handler, and its summaries in both string files.</summary>
public static class CommandModel
{
    private static readonly CommandOption Text = new("text", CommandOptionType.Rest) { IsPositional = true, IsRequired = true };
    private static readonly CommandOption Id = new("id", CommandOptionType.Text) { IsPositional = true, IsRequired = true };

    /// <summary>Every command, in the order of help.</summary>
    public static IReadOnlyList<CommandDefinition> All { get; } =
    [
        new("status", "", CommandAccess.Member, StatusCommand.RunAsync),
        new("help", "", CommandAccess.Member, HelpCommand.RunAsync)
        {
            Options = [new("command", CommandOptionType.Rest) { IsPositional = true }],
            Offline = (arguments, _, strings) => HelpCommand.Explain(arguments, isAdmin: true, strings),
        },
        new("remember", "", CommandAccess.Member, RecallCommands.RememberAsync) { Options = [Text] },
        new("recall", "", CommandAccess.Member, RecallCommands.RecallAsync) { Options = [Text, Count("n", "5", 50)] },
        new("why", "", CommandAccess.Member, WhyCommand.RunAsync)
        {
            Options = [Text with { Name = "question", IsRequired = false }],
        },
        new("list", "", CommandAccess.Member, RecordCommands.ListAsync),
        new("list_records", "", CommandAccess.Member, RecordCommands.ListRecordsAsync)
        {
            Options = [new("collection", CommandOptionType.Text) { IsPositional = true }, Count("n", "10", 1000) with { IsPositional = true }],
        },
        new("get_session_id", "", CommandAccess.Member, RecordCommands.SessionIdAsync),
        new("reset", "", CommandAccess.Member, DeletionCommands.ResetAsync) { IsDestructive = true },
        new("delete_record", "", CommandAccess.Member, DeletionCommands.RecordAsync) { Options = [Id], IsDestructive = true },
        new("delete_session_memory", "", CommandAccess.Admin, DeletionCommands.SessionAsync)
        {
            Options = [new("session", CommandOptionType.Text) { IsPositional = true, IsRequired = true }], IsDestructive = true,
        },
        new("drop_collection", "", CommandAccess.Admin, DeletionCommands.CollectionAsync)
        {
            Options = [new("name", CommandOptionType.Text) { IsPositional = true, IsRequired = true }], IsDestructive = true,
        },
        new("validate_config", "", CommandAccess.Admin, ConfigCommand.RunAsync)
        {
            Offline = (_, config, strings) => ConfigCommand.Check(config, strings),
        },
        new("doctor", "", CommandAccess.Admin, DoctorCommand.RunAsync),

        new("show", "me", CommandAccess.Member, MeCommands.ShowAsync) { Options = [Count("n", "10", 1000) with { IsPositional = true }] },
        new("forget", "me", CommandAccess.Member, ForgetCommand.RunAsync) { IsDestructive = true },
        new("export", "me", CommandAccess.Member, MeCommands.ExportAsync),
        new("privacy", "me", CommandAccess.Member, MeCommands.PrivacyAsync)
        {
            Options = [new("mode", CommandOptionType.Text) { IsPositional = true, Choices = ["on", "off", "incognito"] }],
        },

        new("channel", "settings", CommandAccess.Member, SettingsCommands.ChannelAsync) { Options = [Setting("mode") with { Choices = ["on", "off"] }] },
        new("persona", "settings", CommandAccess.Member, SettingsCommands.PersonaAsync) { Options = [Setting("name")] },
        new("language", "settings", CommandAccess.Member, SettingsCommands.LanguageAsync)
        {
            Options = [Setting("language") with { Choices = ["auto", .. Strings.Languages] }],
        },
        new("budget", "settings", CommandAccess.Member, SettingsCommands.BudgetAsync)
        {
            Options = [new("tokens", CommandOptionType.Number) { IsPositional = true, Min = 50, Max = 100_000 }],
        },
    ];

    /// <summary>The groups, in the order of help.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(c => c.Group).Where(g => g.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>The command that an empty line means.</summary>
    public static CommandDefinition Help { get; } = Find("", "help")!;

    /// <summary>The commands of a group; the empty group is the top level.</summary>
    public static IEnumerable<CommandDefinition> In(string group) => All.Where(c => c.Group == group);

    /// <summary>A command by its name, in any case; dashes count as underscores.</summary>
    public static CommandDefinition? Find(string group, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var folded = name.Replace('-', '_');
        return In(group).FirstOrDefault(c => c.Name.Equals(folded, StringComparison.OrdinalIgnoreCase));
    }

    private static CommandOption Count(string name, string standard, int max) => new(name, CommandOptionType.Number) { Default = standard, Max = max };

    private static CommandOption Setting(string name) => new(name, CommandOptionType.Text) { IsPositional = true };
}
