using System.Reflection;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Conformance;

/// <summary>Runs the promises of the suite outside the runner, to show what a broken store would fail.</summary>
internal static class SuiteRun
{
    /// <summary>Every promise by its name.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> Promises { get; } = typeof(SuiteRun).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(SuiteRun).Namespace && type.Name.EndsWith("Conformance", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<EveryBackendAttribute>() is not null)
        .ToDictionary(method => method.Name);

    /// <summary>The names of the promises that a backend with its capabilities has to keep.</summary>
    public static IEnumerable<string> Of(Backend backend)
        => Promises.Where(p => backend.Capabilities.HasFlag(p.Value.GetCustomAttribute<EveryBackendAttribute>()!.Needs)).Select(p => p.Key);

    /// <summary>The names of those promises that a backend breaks.</summary>
    public static async Task<IReadOnlyList<string>> BrokenAsync(Backend backend, IEnumerable<string> promises)
    {
        List<string> broken = [];
        foreach (var name in promises)
        {
            try
            {
                await (Task)Promises[name].Invoke(null, [new BackendRow(backend)])!;
            }
            catch (Exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                broken.Add(name);
            }
        }

        return broken;
    }
}
