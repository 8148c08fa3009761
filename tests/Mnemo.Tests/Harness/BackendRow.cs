using Mnemo.Backends;
using Mnemo.Storage;
using Xunit.Sdk;

namespace Mnemo.Tests.Harness;

/// <summary>One row of the conformance suite: a backend and a deployment of it. Travels between processes by their names.</summary>
public sealed class BackendRow : IXunitSerializable
{
    private Backend _backend;
    private string _deployment;

    [Obsolete("For the runner, which fills it from its names.")]
    public BackendRow() => (_backend, _deployment) = (null!, "");

    public BackendRow(Backend backend, string deployment = "") => (_backend, _deployment) = (backend, deployment);

    public Backend Backend => _backend;

    /// <summary>Why it cannot run here; null when it can.</summary>
    public string? Obstacle => Deployment is null ? $"'{_backend.Name}' needs {_backend.Needs}: set {Deployment.Variable(_backend)} to where it is." : null;

    private Deployment? Deployment => _backend.Capabilities.HasFlag(Capabilities.Embedded)
        ? Deployment.Embedded
        : Deployment.Of(_backend).FirstOrDefault(d => d.Name == _deployment);

    /// <summary>A row for each deployment of a backend, and one where there is none, to be skipped or to fail.</summary>
    public static IReadOnlyList<BackendRow> Of(Backend backend)
    {
        if (backend.Capabilities.HasFlag(Capabilities.Embedded)) return [new BackendRow(backend)];
        var deployments = Deployment.Of(backend);
        return deployments.Count == 0 ? [new BackendRow(backend)] : [.. deployments.Select(d => new BackendRow(backend, d.Name))];
    }

    /// <summary>A clean collection of its own, open.</summary>
    public async Task<StoreFixture> OpenAsync()
        => await StoreFixture.StartAsync(_backend, (Deployment ?? Deployment.Embedded).Options(_backend));

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue("name", _backend.Name);
        info.AddValue("deployment", _deployment);
    }

    public void Deserialize(IXunitSerializationInfo info)
    {
        _backend = KnownBackends.Find(info.GetValue<string>("name")!);
        _deployment = info.GetValue<string>("deployment") ?? "";
    }

    public override string ToString() => _deployment.Length == 0 ? _backend.Name : $"{_backend.Name}/{_deployment}";
}
