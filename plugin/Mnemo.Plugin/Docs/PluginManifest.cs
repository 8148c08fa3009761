using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Localization;

namespace Mnemo.Plugin.Docs;

/// <summary>Makes <c>plugin.json</c>: what a host may know of the plugin without loading it.</summary>
public static class PluginManifest
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The version of the plugin, as <c>1.2.3</c>.</summary>
    public static string Version { get; } = typeof(PluginManifest).Assembly.GetName().Version!.ToString(3);

    /// <summary>The text of the file.</summary>
    public static string Make()
    {
        var english = Strings.For(Strings.English);
        var manifest = new JsonObject
        {
            ["name"] = "mnemo",
            ["version"] = Version,
            ["description"] = Say("plugin.description"),
            ["license"] = "MIT",
            ["entry"] = new JsonObject
            {
                ["executable"] = "mnemo",
                ["assembly"] = typeof(MnemoServices).Assembly.GetName().Name + ".dll",
                ["type"] = typeof(MnemoServices).FullName,
                ["method"] = nameof(MnemoServices.AddMnemo),
            },
            ["languages"] = new JsonArray([.. Strings.Languages.Select(l => JsonValue.Create(l))]),
            ["permissions"] = Permissions(),
            ["commands"] = new JsonArray([.. CommandModel.All.Select(c => (JsonNode)Command(c))]),
            ["config"] = ConfigDocs.Schema(english),
        };
        return manifest.ToJsonString(Readable) + "\n";
    }

    /// <summary>What the plugin reads and writes. It opens no connection of its own.</summary>
    private static JsonArray Permissions() =>
    [
        new JsonObject { ["name"] = "messages.read", ["description"] = Say("plugin.permission.read") },
        new JsonObject { ["name"] = "messages.write", ["description"] = Say("plugin.permission.write") },
        new JsonObject { ["name"] = "files.data", ["description"] = Say("plugin.permission.files") },
    ];

    private static JsonObject Command(CommandDefinition command) => new()
    {
        ["name"] = command.Path,
        ["usage"] = CommandHelp.Usage(command),
        ["description"] = Say(command.SummaryKey),
        ["access"] = command.Access == CommandAccess.Admin ? "admin" : "member",
        ["destructive"] = command.IsDestructive,
    };

    /// <summary>A text in every language.</summary>
    private static JsonObject Say(string key) => new([.. Strings.Languages.Select(l => KeyValuePair.Create(l, (JsonNode?)Strings.For(l)[key]))]);
}
