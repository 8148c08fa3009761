using System.Globalization;
using Mnemo.Localization;

namespace Mnemo.Plugin.Config;

/// <summary>What a setting holds.</summary>
public enum ConfigType
{
    /// <summary>Free text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A list of texts.</summary>
    List,

    /// <summary>One of a few words.</summary>
    Choice,
}

/// <summary>One setting, and all that validation, documentation and the example file need to know of it.</summary>
/// <param name="Path">The dotted key, as <c>web_interface.port</c>.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">The value when it is absent: a string, bool, long, double or list of strings, as the type says.</param>
public sealed record ConfigKey(string Path, ConfigType Type, object Default)
{
    /// <summary>The smallest number allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>The largest number allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>The words that can be chosen.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Whether the value must never be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>False for a setting that is accepted, checked, and has no effect in this version.</summary>
    public bool IsUsed { get; init; } = true;

    /// <summary>What text must look like: the key of the string that says so, and the test.</summary>
    public (string Says, Func<string, bool> Holds)? Shape { get; init; }

    /// <summary>The summary when the strings hold none: backends bring their own.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The environment variable that wins over the file.</summary>
    public string Variable => "MNEMO_" + Path.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>One line that says what it does.</summary>
    public string Summarise(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        return strings.Has("config.key." + Path) ? strings["config.key." + Path] : Summary;
    }

    /// <summary>The kind of value, with its range or choices.</summary>
    public string Describe(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        return Type switch
        {
            ConfigType.Bool => strings["config.type.bool"],
            ConfigType.WholeNumber when double.IsInfinity(Min) => strings["config.type.int"],
            ConfigType.WholeNumber => strings["config.type.int_range", Number(Min), Number(Max)],
            ConfigType.Number => strings["config.type.number_range", Number(Min), Number(Max)],
            ConfigType.List => strings["config.type.list"],
            _ when Allowed.Count > 0 => strings["config.type.choice", string.Join(", ", Allowed)],
            _ => strings["config.type.text"],
        };
    }

    internal static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
