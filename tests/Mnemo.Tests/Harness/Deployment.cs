using System.Collections;
using Mnemo.Storage;

namespace Mnemo.Tests.Harness;

/// <summary>
/// Where a backend runs that the suite is asked to test: the place that <c>MNEMO_TEST_&lt;NAME&gt;</c> holds, an address or a
/// URI. A second deployment of a backend has a variable of its own, <c>MNEMO_TEST_&lt;NAME&gt;_&lt;DEPLOYMENT&gt;</c>.
/// </summary>
/// <param name="Name">What tells it from the others of the backend; empty for the first.</param>
/// <param name="Place">The value of the backend's location; null for one that needs none.</param>
public sealed record Deployment(string Name, string? Place)
{
    /// <summary>Inside the process, in the directory of the test.</summary>
    public static Deployment Embedded { get; } = new("", null);

    /// <summary>The variable that names the first deployment of a backend.</summary>
    public static string Variable(Backend backend) => $"MNEMO_TEST_{backend.Name.ToUpperInvariant()}";

    /// <summary>Those of a backend that runs outside the process, by name; empty when no variable names one.</summary>
    public static IReadOnlyList<Deployment> Of(Backend backend, IReadOnlyDictionary<string, string> environment)
    {
        var variable = Variable(backend);
        return [.. environment
            .Where(v => v.Value.Length > 0 && (v.Key == variable || v.Key.StartsWith(variable + "_", StringComparison.Ordinal)))
            .Select(v => new Deployment(v.Key[variable.Length..].TrimStart('_').ToLowerInvariant(), v.Value))
            .OrderBy(d => d.Name, StringComparer.Ordinal)];
    }

    /// <summary>Those that the environment of this process names.</summary>
    public static IReadOnlyList<Deployment> Of(Backend backend) => Of(backend, Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal));

    /// <summary>The options that lead there.</summary>
    public IReadOnlyDictionary<string, string> Options(Backend backend)
    {
        Dictionary<string, string> options = [];
        if (Place is not null) options[backend.Location?.Key ?? throw new InvalidOperationException($"'{backend.Name}' has no option that says where it lies.")] = Place;
        return options;
    }
}
