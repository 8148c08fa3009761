using Microsoft.Extensions.Diagnostics.HealthChecks;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Plugin.Hosting;

/// <summary>The active store answers.</summary>
internal sealed class StoreHealth(MnemoRuntime runtime) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!runtime.Stores.Opened.IsCompleted) return HealthCheckResult.Degraded(runtime.Strings["health.store.opening"]);
        try
        {
            using var lease = await runtime.Stores.LeaseAsync(cancellationToken);
            var count = await lease.Interactive.CountAsync(MemoryFilter.Everything, cancellationToken);
            return HealthCheckResult.Healthy(runtime.Strings["health.store", lease.Active.Backend.Name, count]);
        }
        catch (MemoryStoreException e)
        {
            return HealthCheckResult.Unhealthy(runtime.Strings["health.store.bad", e.Backend, e.Say(runtime.Strings)], e);
        }
    }
}

/// <summary>Messages become memories: few wait, and none has failed.</summary>
internal sealed class OutboxHealth(MnemoRuntime runtime) : IHealthCheck
{
    private const double Crowded = 0.9;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = await runtime.Outbox.StatusAsync(cancellationToken);
        var line = runtime.Strings["health.outbox", status.Pending, status.Failed];
        if (status.Pending >= Crowded * runtime.Config.CaptureOptions.OutboxLimit) return HealthCheckResult.Unhealthy(runtime.Strings["health.outbox.full", line]);
        return status.Failed == 0 ? HealthCheckResult.Healthy(line) : HealthCheckResult.Degraded(runtime.Strings["health.outbox.failed", line, status.LastProblem]);
    }
}

/// <summary>There is room on the disk of the data directory.</summary>
internal sealed class DiskHealth(MnemoRuntime runtime) : IHealthCheck
{
    private const long Mebibyte = 1024 * 1024, Little = 1024 * Mebibyte, TooLittle = 100 * Mebibyte;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = new DriveInfo(runtime.Config.DataDirectory).AvailableFreeSpace;
        var line = runtime.Strings["health.disk", free / Mebibyte];
        return Task.FromResult(free < TooLittle ? HealthCheckResult.Unhealthy(line) : free < Little ? HealthCheckResult.Degraded(line) : HealthCheckResult.Healthy(line));
    }
}

/// <summary>The text index says what the store says.</summary>
internal sealed class TextIndexHealth(MnemoRuntime runtime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = runtime.TextIndexLatest;
        return Task.FromResult(state switch
        {
            { IsCompletedSuccessfully: true } => HealthCheckResult.Healthy(runtime.Strings["health.text_index", runtime.TextIndex.Count]),
            { IsCompleted: true } => HealthCheckResult.Unhealthy(runtime.Strings["health.text_index.bad", state.Exception?.GetBaseException().Message], state.Exception),
            _ => HealthCheckResult.Degraded(runtime.Strings["health.text_index.rebuilding", runtime.TextIndexRead]),
        });
    }
}
