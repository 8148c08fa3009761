using System.Text;
using System.Text.Json;
using Tomlyn;
using Tomlyn.Model;

namespace Mnemo.Plugin.Config;

/// <summary>
/// A configuration file as a flat list of dotted keys and plain values: string, bool, long, double, list, null, or
/// <see cref="UnsupportedValue"/> for what no setting can hold.
/// </summary>
internal sealed class ConfigSource
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly List<KeyValuePair<string, object?>> _values = [];

    /// <summary>Stands for a value of a kind that no setting has.</summary>
    internal sealed record UnsupportedValue;

    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Reads a file. A syntax error names the place only: the text there may be a secret.</summary>
    /// <exception cref="ConfigSyntaxException">It is not what its extension says.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ConfigSource Read(string path)
    {
        var text = File.ReadAllText(path);
        var source = new ConfigSource();
        if (path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase)) source.AddToml(text);
        else source.AddJson(text);
        return source;
    }

    private void AddJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Lenient);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new ConfigSyntaxException("JSON", 1, 1);
            Add("", json.RootElement);
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0);
            throw new ConfigSyntaxException("JSON", line + 1, Characters(text, line, (int)(e.BytePositionInLine ?? 0)) + 1);
        }
    }

    private static int Characters(string text, int line, int bytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault(line) ?? "");
        return Encoding.UTF8.GetCharCount(utf8, 0, Math.Min(bytes, utf8.Length));
    }

    private void Add(string prefix, JsonElement group)
    {
        foreach (var item in group.EnumerateObject())
        {
            var path = prefix + item.Name;
            if (item.Value.ValueKind == JsonValueKind.Object) AddGroup(path, () => Add(path + ".", item.Value));
            else _values.Add(new(path, Plain(item.Value)));
        }
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        _ => new UnsupportedValue(),
    };

    private void AddToml(string text)
    {
        try
        {
            Add("", TomlSerializer.Deserialize<TomlTable>(text) ?? []);
        }
        catch (TomlException e)
        {
            throw new ConfigSyntaxException("TOML", e.Line ?? 1, e.Column ?? 1);
        }
    }

    private void Add(string prefix, TomlTable group)
    {
        foreach (var (name, value) in group)
        {
            var path = prefix + name;
            if (value is TomlTable table) AddGroup(path, () => Add(path + ".", table));
            else _values.Add(new(path, Plain(value)));
        }
    }

    private static object? Plain(object? value) => value switch
    {
        string or bool or long or double => value,
        TomlArray array => array.Select(Plain).ToList(),
        _ => new UnsupportedValue(),
    };

    /// <summary>A group where a value belongs, or an unknown one, is reported once, not once for each of its parts.</summary>
    private void AddGroup(string path, Action parts)
    {
        if (ConfigSchema.IsGroup(path)) parts();
        else _values.Add(new(path, new UnsupportedValue()));
    }
}

/// <summary>A file that cannot be parsed. Lines and columns count from 1.</summary>
internal sealed class ConfigSyntaxException(string format, int line, int column) : Exception($"not valid {format}")
{
    public string Format { get; } = format;

    public int Line { get; } = line;

    public int Column { get; } = column;
}
