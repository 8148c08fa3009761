using System.Globalization;
using Mnemo.Localization;

namespace Mnemo.Plugin.Config;

/// <summary>Turns plain values into settings of the right type, or into problems that say what to write instead.</summary>
internal sealed class ConfigChecker(Strings strings)
{
    private readonly List<ConfigProblem> _problems = [];

    public IReadOnlyList<ConfigProblem> Problems => [.. _problems.OrderByDescending(p => p.Severity)];

    public bool HasErrors => _problems.Exists(p => p.Severity == Severity.Error);

    public void Report(Severity severity, string key, string text, params object?[] arguments) =>
        _problems.Add(new ConfigProblem(severity, key, strings[text, arguments]));

    /// <summary>The setting's value; null with a problem reported when it does not fit.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="name">What the operator wrote it as: the dotted key, or the environment variable.</param>
    /// <param name="raw">The value from a file.</param>
    public object? Check(ConfigKey key, string name, object raw)
    {
        var value = Typed(key, raw);
        if (value is null) return Refuse(key, name, Show(key, raw));
        if (key.Allowed.Count > 0 && key.Type == ConfigType.Choice && !key.Allowed.Contains((string)value, StringComparer.Ordinal)) return RefuseChoice(key, name, (string)value);
        if (value is long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && (number < key.Min || number > key.Max || double.IsNaN(number)))
            return Refuse(key, name, Show(key, raw));
        if (key.Shape is { } shape && !shape.Holds((string)value))
        {
            Report(Severity.Error, key.Path, "config.problem.shape", name, strings[shape.Says], Show(key, raw), Example(key));
            return null;
        }

        return value;
    }

    /// <summary>The same for the text of an environment variable.</summary>
    public object? CheckText(ConfigKey key, string name, string text)
    {
        object raw = key.Type switch
        {
            ConfigType.Bool when text.ToLowerInvariant() is "true" or "1" or "yes" or "on" => true,
            ConfigType.Bool when text.ToLowerInvariant() is "false" or "0" or "no" or "off" => false,
            ConfigType.WholeNumber when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            ConfigType.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            ConfigType.List => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList<object?>(),
            _ => text,
        };
        return Check(key, name, raw);
    }

    private object? Refuse(ConfigKey key, string name, string shown)
    {
        Report(Severity.Error, key.Path, "config.problem.type", name, key.Describe(strings), shown, Example(key));
        return null;
    }

    private object? RefuseChoice(ConfigKey key, string name, string value)
    {
        var all = string.Join(", ", key.Allowed);
        if (Spelling.Nearest(value, key.Allowed) is { } near) Report(Severity.Error, key.Path, "config.problem.choice_near", name, value, near, all);
        else Report(Severity.Error, key.Path, "config.problem.choice", name, value, all);
        return null;
    }

    private static object? Typed(ConfigKey key, object raw) => (key.Type, raw) switch
    {
        (ConfigType.Bool, bool) or (ConfigType.WholeNumber, long) or (ConfigType.Number, double) => raw,
        (ConfigType.Number, long whole) => (double)whole,
        (ConfigType.WholeNumber, double number) when number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
        (ConfigType.Text or ConfigType.Choice, string) => raw,
        (ConfigType.List, List<object?> items) when items.TrueForAll(i => i is string or long) =>
            (IReadOnlyList<string>)[.. items.Select(i => Convert.ToString(i, CultureInfo.InvariantCulture)!)],
        _ => null,
    };

    private string Show(ConfigKey key, object raw) => raw switch
    {
        _ when key.IsSecret => strings["config.value.secret"],
        string text => $"\"{Shorten(text)}\"",
        bool flag => flag ? "true" : "false",
        long or double => Convert.ToString(raw, CultureInfo.InvariantCulture)!,
        List<object?> => strings["config.value.list"],
        _ => strings["config.value.group"],
    };

    /// <summary>A value as a backend reads it.</summary>
    public static string Plain(object value) => value is IReadOnlyList<string> list ? string.Join(',', list)
        : value is bool flag ? (flag ? "true" : "false")
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 60 ? line : line[..60] + "…";
    }

    /// <summary>The default, as it is written in the file.</summary>
    private string Example(ConfigKey key) => key.IsSecret ? $"\"{strings["config.value.text"]}\"" : ConfigDocs.Literal(key.Default);
}
