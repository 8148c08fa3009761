using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Localization;

namespace Mnemo.Plugin.Config;

/// <summary>What is written from the schema: the example file, the manifest's part and the table of the README.</summary>
public static class ConfigDocs
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A configuration file with every setting in use at its default, each under its explanation.</summary>
    public static string Example(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var text = new StringBuilder();
        text.Append("// ").AppendLine(strings["config.example.head"]).AppendLine("{");
        foreach (var group in ConfigSchema.Keys.Where(k => k is { IsUsed: true, IsSecret: false }).GroupBy(k => Group(k.Path), StringComparer.Ordinal))
            AppendGroup(text, group.Key, [.. group], strings);

        return text.Append('}').AppendLine().ToString().ReplaceLineEndings("\n");
    }

    /// <summary>The settings as a JSON Schema, for <c>plugin.json</c>.</summary>
    public static JsonObject Schema(Strings strings)
    {
        var root = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
        foreach (var key in ConfigSchema.Keys)
        {
            var properties = (JsonObject)root["properties"]!;
            var parts = key.Path.Split('.');
            foreach (var part in parts[..^1])
            {
                properties[part] ??= new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
                properties = (JsonObject)properties[part]!["properties"]!;
            }

            properties[parts[^1]] = Property(key, strings);
        }

        return root;
    }

    /// <summary>The table of all settings in Markdown.</summary>
    public static string Table(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var text = new StringBuilder();
        text.AppendLine(strings["config.table.head"]).AppendLine("|---|---|---|---|");
        foreach (var key in ConfigSchema.Keys)
        {
            var note = key.IsUsed ? "" : " " + strings["config.table.not_used"];
            var shown = Literal(key.Default);
            text.AppendLine($"| `{key.Path}` | {key.Describe(strings).Replace("|", "\\|", StringComparison.Ordinal)} | {(shown is "\"\"" ? "" : $"`{shown}`")} | {key.Summarise(strings)}{note} |");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    /// <summary>A value as it is written in JSON.</summary>
    internal static string Literal(object value) => value switch
    {
        double number => ConfigKey.Number(number),
        IReadOnlyList<string> list => "[" + string.Join(", ", list.Select(i => Literal(i))) + "]",
        _ => JsonSerializer.Serialize(value, Readable),
    };

    /// <summary>Groups stay together; a setting outside any group is a group of its own.</summary>
    private static string Group(string path) => path.Split('.')[0];

    private static void AppendGroup(StringBuilder text, string name, ConfigKey[] keys, Strings strings)
    {
        if (keys is [{ } only] && only.Path == name)
        {
            AppendKey(text, "  ", name, only, strings);
            return;
        }

        text.AppendLine($"  {Literal(name)}: {{");
        foreach (var key in keys) AppendKey(text, "    ", key.Path[(name.Length + 1)..], key, strings);
        text.AppendLine("  },");
    }

    private static void AppendKey(StringBuilder text, string indent, string name, ConfigKey key, Strings strings) => text
        .AppendLine($"{indent}// {key.Summarise(strings)} ({key.Describe(strings)})")
        .AppendLine($"{indent}{Literal(name)}: {Literal(key.Default)},");

    private static JsonObject Property(ConfigKey key, Strings strings)
    {
        var property = new JsonObject
        {
            ["type"] = key.Type switch
            {
                ConfigType.Bool => "boolean",
                ConfigType.WholeNumber => "integer",
                ConfigType.Number => "number",
                ConfigType.List => "array",
                _ => "string",
            },
            ["description"] = key.Summarise(strings),
            ["default"] = JsonNode.Parse(Literal(key.Default)),
        };
        if (key.Type == ConfigType.List) property["items"] = new JsonObject { ["type"] = "string" };
        if (key.Allowed.Count > 0) property["enum"] = new JsonArray([.. key.Allowed.Select(a => JsonValue.Create(a))]);
        if (double.IsFinite(key.Min)) property["minimum"] = JsonNode.Parse(ConfigKey.Number(key.Min));
        if (double.IsFinite(key.Max)) property["maximum"] = JsonNode.Parse(ConfigKey.Number(key.Max));
        if (key.IsSecret) property["writeOnly"] = true;
        property["x-environment"] = key.Variable;
        if (!key.IsUsed) property["x-not-used-yet"] = true;
        return property;
    }
}
