using System.Reflection;
using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Mnemo.Tests.Harness;

/// <summary>
/// One row per deployment of each known backend that declares what the promise needs. A backend whose server is not there is a visible
/// skip, and with MNEMO_TEST_REQUIRE_BACKENDS=all a failure.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryBackendAttribute(Capabilities needs = Capabilities.None) : DataAttribute
{
    public Capabilities Needs => needs;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var able = KnownBackends.All.Where(b => b.Capabilities.HasFlag(needs)).SelectMany(BackendRow.Of).Select(Row).ToList();
        return new(able.Count > 0 ? able : [.. KnownBackends.All.Select(b => Row(new BackendRow(b)).WithSkip($"'{b.Name}' does not declare {needs}."))]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<BackendRow> Row(BackendRow row)
    {
        var data = new TheoryDataRow<BackendRow>(row) { Label = row.ToString() }.WithTrait("Backend", row.Backend.Name);
        var isRequired = Environment.GetEnvironmentVariable("MNEMO_TEST_REQUIRE_BACKENDS") == "all";
        return row.Obstacle is { } obstacle && !isRequired ? data.WithSkip(obstacle) : data;
    }
}
