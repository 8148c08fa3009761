using System.Reflection;
using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Mnemo.Tests.Harness;

/// <summary>
/// One row per known backend that declares what the promise needs. A backend whose server is not there is a visible
/// skip, and with MNEMO_REQUIRE_BACKENDS=all a failure.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryBackendAttribute(Capabilities needs = Capabilities.None) : DataAttribute
{
    public Capabilities Needs => needs;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var able = KnownBackends.All.Where(b => b.Capabilities.HasFlag(needs)).Select(Row).ToList();
        return new(able.Count > 0 ? able : [.. KnownBackends.All.Select(b => Row(b).WithSkip($"'{b.Name}' does not declare {needs}."))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<BackendRow> Row(Backend backend)
    {
        var row = new BackendRow(backend);
        var data = new TheoryDataRow<BackendRow>(row) { Label = backend.Name }.WithTrait("Backend", backend.Name);
        var isRequired = Environment.GetEnvironmentVariable("MNEMO_REQUIRE_BACKENDS") == "all";
        return row.Obstacle is { } obstacle && !isRequired ? data.WithSkip(obstacle) : data;
    }
}
