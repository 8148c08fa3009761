using System.Globalization;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>The checked values of a call, by option name.</summary>
public sealed class CommandArguments(IReadOnlyDictionary<string, string> values)
{
    /// <summary>Nothing given.</summary>
    public static CommandArguments None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>All of them.</summary>
    internal IReadOnlyDictionary<string, string> Values => values;

    /// <summary>The value, or the empty string.</summary>
    public string this[string name] => values.GetValueOrDefault(name, "");

    /// <summary>Whether a value is there, given or by default.</summary>
    public bool Has(string name) => this[name].Length > 0;

    /// <summary>The value of a number option that has a default or is required.</summary>
    public int Number(string name) => int.Parse(this[name], CultureInfo.InvariantCulture);

    /// <summary>Whether a flag is on.</summary>
    public bool Flag(string name) => this[name] is "true";

    /// <summary>Checks raw values against the definition and fills in defaults.</summary>
    /// <returns>Null with the reason in <paramref name="problem"/> when one does not fit.</returns>
    public static CommandArguments? Bind(CommandDefinition command, IReadOnlyDictionary<string, string> raw, Strings strings, out string problem)
    {
        var bound = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in command.AllOptions)
        {
            if (!raw.TryGetValue(option.Name, out var value) || value.Length == 0) value = option.Default;
            problem = value.Length == 0
                ? option.IsRequired ? strings["cmd.parse.missing", option.Name] : ""
                : Check(option, ref value, strings);
            if (problem.Length > 0) return null;
            bound[option.Name] = value;
        }

        problem = "";
        return new CommandArguments(bound);
    }

    private static string Check(CommandOption option, ref string value, Strings strings)
    {
        var given = value;
        switch (option.Type)
        {
            case CommandOptionType.Number:
                var isNumber = long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                return isNumber && number >= option.Min && number <= option.Max
                    ? ""
                    : strings["cmd.parse.number", option.Name, option.Min, option.Max, given];
            case CommandOptionType.Flag:
                return given is "true" or "false" ? "" : strings["cmd.parse.flag", option.Name];
            default:
                if (option.Choices.Count == 0) return "";
                var choice = option.Choices.FirstOrDefault(c => c.Equals(given, StringComparison.OrdinalIgnoreCase));
                if (choice is null) return strings["cmd.parse.choice", option.Name, string.Join(", ", option.Choices), given];
                value = choice;
                return "";
        }
    }
}
