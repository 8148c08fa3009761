using Mnemo.Localization;

namespace Mnemo.Plugin.Config;

/// <summary>How much a problem matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing; nothing needs to be done.</summary>
    Note,

    /// <summary>It works, but should be changed.</summary>
    Warning,

    /// <summary>The program does not start with it.</summary>
    Error,
}

/// <summary>Something about the configuration, in one line that says what to write instead. Never holds a secret.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Key">The dotted key, or the file's name.</param>
/// <param name="Text">The whole line, in the configured language.</param>
public sealed record ConfigProblem(Severity Severity, string Key, string Text)
{
    /// <inheritdoc />
    public override string ToString() => Text;
}

/// <summary>What came of reading the configuration.</summary>
/// <param name="Config">The configuration; null when a problem is an error.</param>
/// <param name="Problems">Everything that was noticed, errors first.</param>
/// <param name="Strings">The texts of the configured language, there even when the configuration is bad.</param>
public sealed record ConfigResult(MnemoConfig? Config, IReadOnlyList<ConfigProblem> Problems, Strings Strings);

/// <summary>The configuration is bad; the message is one line per problem and meant for people.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(p => p.Text)))
{
    /// <summary>The errors.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
