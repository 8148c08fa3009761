using Mnemo.Plugin.Config;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Config;

/// <summary>Loads a configuration from text, in a directory of its own and an environment of its own.</summary>
internal sealed class ConfigFixture : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["LANG"] = "en_GB.UTF-8" };

    public string Directory => _scratch.Path;

    public string File(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public ConfigResult Load(string? path = null, string? data = null) => ConfigFile.Load(path, data, Environment, Directory);

    public ConfigResult Load(string json, IReadOnlyDictionary<string, string> environment)
    {
        if (json.Length > 0) File(ConfigFile.DefaultName, json);
        foreach (var (name, value) in environment) Environment[name] = value;
        return Load();
    }

    public void Dispose() => _scratch.Dispose();
}
