using System.Text.Json.Nodes;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>The model as Discord wants to be told of it: one command with sub-commands and groups of them.</summary>
public static class SlashCommands
{
    /// <summary>What Discord allows at each level.</summary>
    public const int MaxEntries = 25;

    /// <summary>What Discord allows of names, descriptions and values in one command.</summary>
    public const int MaxCharacters = 8000;

    private const int SubCommand = 1;
    private const int SubCommandGroup = 2;
    private const int Text = 3;
    private const int Integer = 4;
    private const int Boolean = 5;

    /// <summary>The registration of <c>/memory</c>.</summary>
    public static JsonObject Render(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var entries = new JsonArray([.. CommandModel.In("").Select(c => (JsonNode)Render(c, strings))]);
        foreach (var group in CommandModel.Groups)
        {
            entries.Add((JsonNode)new JsonObject
            {
                ["type"] = SubCommandGroup, ["name"] = group, ["description"] = strings[$"cmd.group.{group}"],
                ["options"] = new JsonArray([.. CommandModel.In(group).Select(c => (JsonNode)Render(c, strings))]),
            });
        }

        return new JsonObject { ["type"] = 1, ["name"] = CommandText.Prefix[1..], ["description"] = strings["cmd.memory"], ["options"] = entries };
    }

    /// <summary>The characters that Discord counts: every name, description and value.</summary>
    public static int Characters(JsonNode? node) => node switch
    {
        JsonObject o => o.Sum(p => p.Key is "name" or "description" or "value" ? p.Value!.ToString().Length : Characters(p.Value)),
        JsonArray a => a.Sum(Characters),
        _ => 0,
    };

    private static JsonObject Render(CommandDefinition command, Strings strings)
    {
        var rendered = new JsonObject { ["type"] = SubCommand, ["name"] = command.Name, ["description"] = strings[command.SummaryKey] };
        var options = new JsonArray([.. command.AllOptions.OrderByDescending(o => o.IsRequired).Select(o => (JsonNode)Render(command, o, strings))]);
        if (options.Count > 0) rendered["options"] = options;
        return rendered;
    }

    private static JsonObject Render(CommandDefinition command, CommandOption option, Strings strings)
    {
        var rendered = new JsonObject
        {
            ["type"] = option.Type switch { CommandOptionType.Number => Integer, CommandOptionType.Flag => Boolean, _ => Text },
            ["name"] = option.Name, ["description"] = strings[command.SummaryKeyOf(option)], ["required"] = option.IsRequired,
        };
        if (option.Choices.Count > 0)
        {
            rendered["choices"] = new JsonArray([.. option.Choices.Select(c => (JsonNode)new JsonObject { ["name"] = c, ["value"] = c })]);
        }

        if (option.Type == CommandOptionType.Number)
        {
            rendered["min_value"] = option.Min;
            rendered["max_value"] = option.Max;
        }

        return rendered;
    }
}
