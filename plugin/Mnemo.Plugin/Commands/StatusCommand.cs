using Microsoft.Extensions.Diagnostics.HealthChecks;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>What runs, what it holds, when it last remembered something and, if it did not, why.</summary>
internal static class StatusCommand
{
    private const int LongestWaitMs = 2000;

    public static async Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation)
    {
        var runtime = call.Runtime;
        var outbox = await runtime.Outbox.StatusAsync(cancellation);
        var active = await OpenedAsync(runtime, cancellation);
        var disk = DiskUse.Of(runtime.Config.DataDirectory);
        List<(string Name, string Value)> rows =
        [
            (call.Say("cmd.status.version"), CommandVersion.Text),
            (call.Say("cmd.status.store"), active is null ? call.Say("health.store.opening") : Store(active)),
            (call.Say("cmd.status.records"), active is null ? "–" : await RecordsAsync(call, cancellation)),
            (call.Say("cmd.status.embedding"), active is null ? "–" : active.Settings.Embedding.ToString()),
            (call.Say("cmd.status.model"), call.Say("cmd.status.nomodel")),
            (call.Say("cmd.status.last"), Last(outbox, call)),
            (call.Say("cmd.status.why"), await WhyNoneAsync(outbox, call, cancellation)),
            (call.Say("cmd.status.outbox"), call.Say("cmd.status.outboxcounts", outbox.Pending, outbox.Failed)),
            (call.Say("cmd.status.log"), await LogAsync(call, cancellation)),
            (call.Say("cmd.status.disk"), call.Say("cmd.status.diskcounts", MemoryLines.Bytes(disk.Used), MemoryLines.Bytes(disk.Free))),
            (call.Say("cmd.status.health"), await HealthAsync(call, cancellation)),
        ];
        rows.AddRange((await new LossJournal(runtime.Control).OpenAsync(cancellation)).Select(loss => (call.Say("cmd.status.lost"), LossText.Of(loss, call.Strings))));
        if (active is not null && HeldBack(active) is > 0 and var leaks) rows.Add((call.Say("cmd.status.isolation"), call.Say("cmd.status.heldback", leaks)));
        return CommandReply.Ok(new ReplyBlock.Rows(rows));
    }

    // A store that does not open for a while is no reason to say nothing.
    private static async Task<ActiveStore?> OpenedAsync(MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            return await runtime.Stores.ActiveAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromMilliseconds(LongestWaitMs), runtime.Clock, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Memories that the active store answered to somebody who may not see them, and that were not shown; more than none means a faulty store.</summary>
    internal static long HeldBack(ActiveStore active) => active.Store is GuardedStore guarded ? guarded.LeaksStopped : 0;

    private static async Task<string> HealthAsync(CommandCall call, CancellationToken cancellation)
    {
        var report = await call.Context.Health.CheckHealthAsync(cancellation);
        var ill = report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy).Select(e => $"{e.Key}: {e.Value.Description}").ToList();
        return ill.Count == 0 ? call.Say("cmd.status.healthy") : string.Join("; ", ill);
    }

    private static string Store(ActiveStore active) => active.Generation == 1
        ? $"{active.Address.Backend}:{active.Address.Location}#{active.Address.Collection}"
        : $"{active.Address.Backend}:{active.Address.Location}#{active.Address.Collection} (g{active.Generation})";

    private static async Task<string> RecordsAsync(CommandCall call, CancellationToken cancellation)
    {
        using var lease = await call.Runtime.Stores.LeaseAsync(cancellation);
        try
        {
            return $"{await lease.Interactive.CountAsync(MemoryFilter.Everything, cancellation)}";
        }
        catch (MemoryStoreException e) when (e.IsTransient)
        {
            return e.Say(call.Strings);
        }
    }

    private static async Task<string> LogAsync(CommandCall call, CancellationToken cancellation)
    {
        var log = await call.Runtime.Log.StatusAsync(cancellation);
        return call.Say("cmd.status.logcounts", log.Entries, log.Last);
    }

    private static string Last(OutboxStatus outbox, CommandCall call) => outbox.LastStoredAt is { } at
        ? $"{MemoryLines.Date(at, call.Runtime.Clock)} ({MemoryLines.Age(at, call)})"
        : call.Say("cmd.status.never");

    /// <summary>The nearest reason why the latest message is not a memory; a dash when there is none.</summary>
    private static async Task<string> WhyNoneAsync(OutboxStatus outbox, CommandCall call, CancellationToken cancellation)
    {
        if (outbox is { LastProblem: { } problem, LastProblemAt: { } at } && (outbox.Failed > 0 || outbox.LastStoredAt is null || at > outbox.LastStoredAt))
        {
            return $"{problem} ({MemoryLines.Date(at, call.Runtime.Clock)})";
        }

        var conversation = call.Caller.Scope.Conversation;
        if (!await call.Runtime.Channels.ListensAsync(conversation, cancellation)) return call.Say("cmd.status.deaf");
        var mode = await call.Runtime.Privacy.GetAsync(call.Caller.Scope.Platform, call.Caller.Speaker.Id, cancellation);
        if (mode != PrivacyMode.On) return call.Say("cmd.status.privacy", mode.ToString().ToLowerInvariant());
        if (outbox.Pending > 0) return call.Say("cmd.status.waiting", outbox.Pending);
        return outbox.LastStoredAt is null ? call.Say("cmd.status.silence") : "–";
    }
}

/// <summary>What a directory takes and what its disk has left, in bytes.</summary>
internal sealed record DiskUse(long Used, long Free)
{
    public static DiskUse Of(string directory)
    {
        var used = Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Exists ? f.Length : 0) : 0;
        return new DiskUse(used, new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace);
    }
}
