using System.Reflection;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

/// <summary>Runs the promises of the suite outside the runner, to show what a broken store would fail.</summary>
internal static class SuiteRun
{
    /// <summary>Every promise that a store without special capabilities has to keep, by its name.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> Promises { get; } = typeof(SuiteRun).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(SuiteRun).Namespace && type.Name.EndsWith("Conformance", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<EveryBackendAttribute>() is { Needs: Capabilities.None })
        .ToDictionary(method => method.Name);

    /// <summary>The names of the promises that a backend breaks.</summary>
    public static async Task<IReadOnlyList<string>> BrokenAsync(Backend backend)
    {
        List<string> broken = [];
        foreach (var (name, promise) in Promises)
        {
            try
            {
                await (Task)promise.Invoke(null, [new BackendRow(backend)])!;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                broken.Add(name);
            }
        }

        return broken;
    }
}
