namespace Mnemo.Plugin.Config;

/// <summary>Settings from the environment: MNEMO_ and the key with two underscores for each dot; secrets also from files.</summary>
internal static class ConfigEnvironment
{
    private const string Prefix = "MNEMO_";
    private const string TestPrefix = "MNEMO_TEST_";
    private const string FileSuffix = "_FILE";

    /// <summary>Lets the environment win over what was read before.</summary>
    public static void Take(IReadOnlyDictionary<string, string> environment, Dictionary<string, object> values, ConfigChecker checker)
    {
        foreach (var key in ConfigSchema.Keys)
        {
            var text = environment.GetValueOrDefault(key.Variable, "");
            if (text.Length == 0 && key.IsSecret) text = FromFile(key, environment, checker);
            if (text.Length > 0 && checker.CheckText(key, key.Variable, text) is { } value)
            {
                values[key.Path] = value;
                if (!key.IsUsed) checker.Report(Severity.Note, key.Path, "config.problem.not_used", key.Variable);
            }
        }

        ReportMisspelt(environment, checker);
    }

    private static string FromFile(ConfigKey key, IReadOnlyDictionary<string, string> environment, ConfigChecker checker)
    {
        var variable = key.Variable + FileSuffix;
        if (!environment.TryGetValue(variable, out var path) || path.Length == 0) return "";
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            checker.Report(Severity.Error, key.Path, "config.problem.secret_file", variable, path);
            return "";
        }
    }

    /// <summary>A variable that is nearly a setting is a typing error; any other MNEMO_ name belongs to somebody else, every MNEMO_TEST_ one to the tests.</summary>
    private static void ReportMisspelt(IReadOnlyDictionary<string, string> environment, ConfigChecker checker)
    {
        var known = ConfigSchema.Keys.Select(k => k.Variable).Append(Prefix + "DATA").ToHashSet(StringComparer.Ordinal);
        foreach (var name in environment.Keys.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(n)).Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(TestPrefix, StringComparison.Ordinal)) continue;
            if (name.EndsWith(FileSuffix, StringComparison.Ordinal) && known.Contains(name[..^FileSuffix.Length])) continue;
            var bare = name[Prefix.Length..].Replace("__", "_", StringComparison.Ordinal);
            var near = known.FirstOrDefault(k => k[Prefix.Length..].Replace("__", "_", StringComparison.Ordinal) == bare)
                ?? (bare.Length >= 4 ? Spelling.Nearest(bare, known.Select(k => k[Prefix.Length..])) is { } found ? Prefix + found : null : null);
            if (near is not null) checker.Report(Severity.Warning, name, "config.problem.variable_near", name, near);
        }
    }
}
