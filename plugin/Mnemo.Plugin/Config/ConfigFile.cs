using System.Collections;
using Mnemo.Memories;
using Mnemo.Localization;

namespace Mnemo.Plugin.Config;

/// <summary>Reads the configuration: file, then environment, then defaults.</summary>
public static class ConfigFile
{
    /// <summary>The file that is read when none is named; a missing one means all defaults.</summary>
    public const string DefaultName = "config.json";

    private const string DefaultToml = "config.toml";
    private const string DataVariable = "MNEMO_DATA";

    /// <summary>Reads with the process's own environment and working directory.</summary>
    /// <param name="path">The file that <c>--config</c> names; null for the default.</param>
    /// <param name="dataDirectory">What <c>--data</c> names; null for MNEMO_DATA, else <c>./data</c>.</param>
    public static ConfigResult Load(string? path = null, string? dataDirectory = null)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
        return Load(path, dataDirectory, environment, Environment.CurrentDirectory);
    }

    /// <summary>Reads with everything given.</summary>
    public static ConfigResult Load(string? path, string? dataDirectory, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var file = path is null ? DefaultFile(workingDirectory) : Path.GetFullPath(path, workingDirectory);
        var (source, broken) = Read(file);
        var strings = Strings.For(Language(source, environment));
        var checker = new ConfigChecker(strings);
        if (broken is not null) checker.Report(Severity.Error, Path.GetFileName(file!), broken.Value.Text, broken.Value.Arguments);
        if (path is null && file is not null && Path.GetFileName(file) == DefaultName && File.Exists(Path.Combine(workingDirectory, DefaultToml)))
            checker.Report(Severity.Warning, DefaultToml, "config.problem.two_files", DefaultName, DefaultToml);

        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        TakeFile(source, Path.GetFileName(file) ?? DefaultName, values, checker);
        ConfigEnvironment.Take(environment, values, checker);
        var data = Path.GetFullPath(dataDirectory ?? NonEmpty(environment, DataVariable) ?? "data", workingDirectory);
        return Finish(values, data, file, checker, strings);
    }

    /// <summary>Checks settings that did not come from a file: a host's own.</summary>
    internal static ConfigResult FromValues(IReadOnlyDictionary<string, string> settings, string dataDirectory)
    {
        var strings = Strings.For(settings.GetValueOrDefault("language", "auto"));
        var checker = new ConfigChecker(strings);
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (path, text) in settings)
        {
            if (ConfigSchema.Find(path) is not { } key) ReportUnknown(path, checker);
            else if (checker.CheckText(key, path, text) is { } value) values[path] = value;
        }

        return Finish(values, Path.GetFullPath(dataDirectory), null, checker, strings);
    }

    private static ConfigResult Finish(Dictionary<string, object> values, string data, string? file, ConfigChecker checker, Strings strings)
    {
        CheckDirectory(data, checker);
        var config = new MnemoConfig(values, data, file, strings.Language);
        if (!checker.HasErrors)
        {
            // The fingerprint does not matter to the check of options; the dimension does.
            var settings = config.StoreSettings(config.Collection, new EmbeddingFingerprint("local", "check", config.EmbeddingDimension, true), TimeProvider.System);
            foreach (var problem in config.Backend.Validate(settings)) checker.Report(Severity.Error, config.Backend.Name, "config.problem.backend", problem);
        }

        return new ConfigResult(checker.HasErrors ? null : config, checker.Problems, strings);
    }

    private static string? DefaultFile(string workingDirectory) =>
        new[] { DefaultName, DefaultToml }.Select(n => Path.Combine(workingDirectory, n)).FirstOrDefault(File.Exists);

    private static (ConfigSource? Source, (string Text, object?[] Arguments)? Broken) Read(string? file)
    {
        if (file is null) return (null, null);
        try
        {
            return (ConfigSource.Read(file), null);
        }
        catch (ConfigSyntaxException e)
        {
            return (null, ("config.problem.syntax", [file, e.Format, e.Line, e.Column]));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, ("config.problem.missing_file", [file]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, ("config.problem.unreadable_file", [file]));
        }
    }

    private static string Language(ConfigSource? source, IReadOnlyDictionary<string, string> environment)
    {
        var wanted = NonEmpty(environment, "MNEMO_LANGUAGE") ?? source?.Values.FirstOrDefault(v => v.Key == "language").Value as string;
        return wanted is not null && Strings.Languages.Contains(wanted, StringComparer.Ordinal) ? wanted : Strings.OfLocale(environment.GetValueOrDefault);
    }

    private static string? NonEmpty(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static void TakeFile(ConfigSource? source, string file, Dictionary<string, object> values, ConfigChecker checker)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, raw) in source?.Values ?? [])
        {
            if (path.StartsWith('$')) continue;
            if (!seen.Add(path))
            {
                checker.Report(Severity.Error, path, "config.problem.twice", path, file);
            }
            else if (ConfigSchema.Find(path) is { } key)
            {
                TakeOne(key, raw, values, checker);
            }
            else if (ConfigSchema.IsGroup(path))
            {
                checker.Report(Severity.Error, path, "config.problem.group", path);
            }
            else
            {
                ReportUnknown(path, checker);
            }
        }
    }

    private static void TakeOne(ConfigKey key, object? raw, Dictionary<string, object> values, ConfigChecker checker)
    {
        if (raw is null || checker.Check(key, key.Path, raw) is not { } value) return;
        values[key.Path] = value;
        if (key.IsSecret && (string)value != "") checker.Report(Severity.Warning, key.Path, "config.problem.secret_in_file", key.Path, key.Variable);
        if (!key.IsUsed) checker.Report(Severity.Note, key.Path, "config.problem.not_used", key.Path);
    }

    private static void ReportUnknown(string path, ConfigChecker checker)
    {
        var names = ConfigSchema.Keys.Select(k => k.Path);
        // A key that was written without its group, or in a wrong one, is found by its last part.
        var last = path[(path.LastIndexOf('.') + 1)..];
        var near = Spelling.Nearest(path, names) ?? names.FirstOrDefault(n => n[(n.LastIndexOf('.') + 1)..].Equals(last, StringComparison.OrdinalIgnoreCase));
        if (near is null) checker.Report(Severity.Error, path, "config.problem.unknown", path);
        else checker.Report(Severity.Error, path, "config.problem.unknown_near", path, near);
    }

    private static void CheckDirectory(string data, ConfigChecker checker)
    {
        try
        {
            Directory.CreateDirectory(data);
            var trial = Path.Combine(data, $".write-check-{Environment.ProcessId}");
            File.WriteAllBytes(trial, []);
            File.Delete(trial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            checker.Report(Severity.Error, "data", "config.problem.data", data);
        }
    }
}
