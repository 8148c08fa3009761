using System.Text.Json.Nodes;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class CommandModelTests
{
    public static TheoryData<string> Languages => [.. Strings.Languages];

    [Fact]
    public void Every_level_stays_below_what_Discord_allows()
    {
        Assert.True(CommandModel.In("").Count() + CommandModel.Groups.Count < SlashCommands.MaxEntries);
        Assert.All(CommandModel.Groups, g => Assert.True(CommandModel.In(g).Count() < SlashCommands.MaxEntries));
        Assert.All(CommandModel.All, c => Assert.True(c.AllOptions.Count < SlashCommands.MaxEntries && c.AllOptions.All(o => o.Choices.Count < SlashCommands.MaxEntries)));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_whole_command_stays_below_what_Discord_allows(string language)
    {
        var rendered = SlashCommands.Render(Strings.For(language));

        Assert.InRange(SlashCommands.Characters(rendered), 1, SlashCommands.MaxCharacters - 1);
        Assert.All(Named(rendered), named =>
        {
            Assert.Matches("^[-_a-z0-9]{1,32}$", named["name"]!.ToString());
            Assert.InRange(named["description"]!.ToString().Length, 1, 100);
        });
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_command_and_option_is_explained(string language)
    {
        var strings = Strings.For(language);
        foreach (var command in CommandModel.All)
        {
            Assert.True(strings.Has(command.SummaryKey), command.SummaryKey);
            Assert.All(command.AllOptions, o => Assert.True(strings.Has(command.SummaryKeyOf(o)), command.SummaryKeyOf(o)));
            var help = string.Join('\n', PlainReplies.Render(CommandHelp.Of(command, strings)));
            Assert.Contains($"/memory {command.Path}", help, StringComparison.Ordinal);
            Assert.All(command.AllOptions, o => Assert.Contains(o.Name, help, StringComparison.Ordinal));
        }

        var overview = string.Join('\n', PlainReplies.Render(CommandHelp.Overview(isAdmin: true, strings)));
        Assert.All(CommandModel.All, c => Assert.Contains(CommandHelp.Usage(c), overview, StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_is_not_shown_what_only_admins_may_do()
    {
        var overview = string.Join('\n', PlainReplies.Render(CommandHelp.Overview(isAdmin: false, Strings.For(Strings.English))));

        Assert.DoesNotContain("drop_collection", overview, StringComparison.Ordinal);
        Assert.Contains("me forget", overview, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_unique_and_only_the_last_positional_takes_the_rest_of_the_line()
    {
        Assert.Equal(CommandModel.All.Count, CommandModel.All.Select(c => c.Path).Distinct(StringComparer.Ordinal).Count());
        Assert.All(CommandModel.All, c => Assert.DoesNotContain(c.Options.Where(o => o.IsPositional).SkipLast(1), o => o.Type == CommandOptionType.Rest));
    }

    private static IEnumerable<JsonObject> Named(JsonNode node) => node is not JsonObject json ? [] :
        [json, .. (json["options"]?.AsArray() ?? []).SelectMany(o => Named(o!))];
}
