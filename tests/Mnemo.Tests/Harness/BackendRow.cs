using Mnemo.Backends;
using Mnemo.Storage;
using Xunit.Sdk;

namespace Mnemo.Tests.Harness;

/// <summary>One row of the conformance suite: a backend. Travels between processes by its name.</summary>
public sealed class BackendRow : IXunitSerializable
{
    private Backend _backend;

    [Obsolete("For the runner, which fills it from its name.")]
    public BackendRow() => _backend = null!;

    public BackendRow(Backend backend) => _backend = backend;

    public Backend Backend => _backend;

    /// <summary>Why it cannot run here; null when it can.</summary>
    public string? Obstacle => _backend.Capabilities.HasFlag(Capabilities.Embedded) || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
        ? null
        : $"'{_backend.Name}' needs {_backend.Needs}: set {Variable} to its options, as key=value;key=value.";

    private string Variable => $"MNEMO_TEST_{_backend.Name.ToUpperInvariant()}";

    /// <summary>A clean collection of its own, open.</summary>
    public async Task<StoreFixture> OpenAsync()
    {
        var options = (Environment.GetEnvironmentVariable(Variable) ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        return await StoreFixture.StartAsync(_backend, options);
    }

    public void Serialize(IXunitSerializationInfo info) => info.AddValue("name", _backend.Name);

    public void Deserialize(IXunitSerializationInfo info) => _backend = KnownBackends.Find(info.GetValue<string>("name")!);

    public override string ToString() => _backend.Name;
}
