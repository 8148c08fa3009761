using System.Globalization;
using System.Security.Cryptography;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Privacy;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>What a check found.</summary>
/// <param name="Check">Names the check in the strings.</param>
/// <param name="IsWell">Whether all is well.</param>
/// <param name="Details">Figures for the sentence.</param>
internal sealed record Finding(string Check, bool IsWell, params IReadOnlyList<object> Details);

/// <summary>Examines the running bot: the disk, the lock, the control state, the pipeline by a probe of its own, and the derived indexes against the truth.</summary>
internal sealed class Doctor(MnemoRuntime runtime)
{
    private const long LeastFreeBytes = 256L << 20;
    private const int SampleSize = 20;
    private const int SearchTop = 50;
    private static readonly MemoryScope ProbeScope = new("doctor", MemoryScope.Direct, "@probe", "probe");
    private static readonly Speaker ProbeSpeaker = new("probe", "probe");

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellation)
    {
        List<Finding> findings = [Disk(), await PermissionsAsync(cancellation), Lock()];
        await AddAsync(findings, "losses", LossesAsync, cancellation);
        await AddAsync(findings, "choices", ChoicesAsync, cancellation);
        // The probe writes, so the file it writes to is looked at first.
        await AddAsync(findings, "control", ControlAsync, cancellation);
        await AddAsync(findings, "probe", ProbeAsync, cancellation);
        await AddAsync(findings, "counts", CountsAsync, cancellation);
        await AddAllAsync(findings, "sample", SampleAsync, cancellation);
        await AddAllAsync(findings, "rows", RowsAsync, cancellation);
        await AddAsync(findings, "outbox", OutboxAsync, cancellation);
        await AddAsync(findings, "isolation", IsolationAsync, cancellation);
        return findings;
    }

    private Task AddAsync(List<Finding> findings, string check, Func<CancellationToken, Task<Finding>> examineAsync, CancellationToken cancellation)
        => AddAllAsync(findings, check, async token => [await examineAsync(token)], cancellation);

    private async Task AddAllAsync(List<Finding> findings, string check, Func<CancellationToken, Task<IReadOnlyList<Finding>>> examineAsync, CancellationToken cancellation)
    {
        try
        {
            findings.AddRange(await examineAsync(cancellation));
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            findings.Add(new Finding("error", false, check, ExpectedErrors.Say(e, runtime.Strings)));
        }
    }

    private Finding Disk()
    {
        var disk = DiskUse.Of(runtime.Config.DataDirectory);
        return new Finding("disk", disk.Free >= LeastFreeBytes, MemoryLines.Bytes(disk.Used), MemoryLines.Bytes(disk.Free));
    }

    private async Task<Finding> PermissionsAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(runtime.Config.DataDirectory, $".doctor-{Environment.ProcessId}");
        try
        {
            await File.WriteAllTextAsync(path, "probe", cancellation);
            var isSame = await File.ReadAllTextAsync(path, cancellation) == "probe";
            File.Delete(path);
            return new Finding("permissions", isSame, runtime.Config.DataDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("permissions", false, runtime.Config.DataDirectory);
        }
    }

    private Finding Lock()
    {
        var path = Path.Combine(runtime.Config.DataDirectory, "mnemo.pid");
        var holder = File.Exists(path) ? File.ReadAllText(path).Trim() : "–";
        return new Finding("lock", holder.Split('\n')[0] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture), holder, Environment.ProcessId);
    }

    /// <summary>Whether every page of the control state is whole; a large file is not looked through when it is opened.</summary>
    private async Task<Finding> ControlAsync(CancellationToken cancellation)
    {
        var problems = await runtime.Control.CheckAsync(cancellation);
        return new Finding("control", problems.Count == 0, Path.GetFileName(runtime.Control.Path), string.Join("; ", problems));
    }

    /// <summary>Whether everything that was acknowledged is there, or the operator has read what is not.</summary>
    private async Task<Finding> LossesAsync(CancellationToken cancellation)
    {
        var losses = await new LossJournal(runtime.Control).OpenAsync(cancellation);
        return new Finding("losses", losses.Count == 0, string.Join(' ', losses.Select(loss => LossText.Of(loss, runtime.Strings))));
    }

    /// <summary>Whether everybody's privacy choice is their own, or confirmed since a recovery.</summary>
    private async Task<Finding> ChoicesAsync(CancellationToken cancellation)
    {
        var unconfirmed = await runtime.Privacy.UnconfirmedAsync(cancellation);
        return new Finding("choices", unconfirmed.Count == 0, unconfirmed.Count);
    }

    /// <summary>Says something to the bot, asks for it, takes it back and asks again.</summary>
    private async Task<Finding> ProbeAsync(CancellationToken cancellation)
    {
        var started = runtime.Clock.GetTimestamp();
        var word = RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz", 12);
        var id = $"probe-{runtime.Clock.GetUtcNow().ToUnixTimeMilliseconds()}-{word}";
        var message = new ChatMessage(id, ProbeScope, ProbeSpeaker, $"The doctor keeps the probe {word} in the third drawer.", runtime.Clock.GetUtcNow());
        var query = new RecallQuery(ProbeScope, ProbeSpeaker, $"Where does the doctor keep the probe {word}?");
        bool accepted, found;
        try
        {
            accepted = (await runtime.Intake.AcceptAsync(message, cancellation)).Outcome == IntakeOutcome.Accepted;
            await runtime.DrainAsync(cancellation);
            found = (await runtime.Recaller.RecallAsync(query, cancellation)).Hits.Any(h => h.Memory.Text == message.Text);
        }
        finally
        {
            await runtime.Eraser.TakeBackAsync(new PersonKey(ProbeScope.Platform, ProbeSpeaker.Id), CancellationToken.None);
        }

        var gone = (await runtime.Recaller.RecallAsync(query, cancellation)).Hits.Count == 0
            && await CountAsync(MemoryFilter.Equal(TextField.Platform, ProbeScope.Platform), cancellation) == 0;
        var step = !accepted ? "intake" : !found ? "recall" : !gone ? "erase" : "";
        return new Finding("probe", step.Length == 0, (long)runtime.Clock.GetElapsedTime(started).TotalMilliseconds, step);
    }

    private async Task<Finding> CountsAsync(CancellationToken cancellation)
    {
        // Between the store and the text index a batch counts in one of them only.
        using var ticket = await runtime.Writer.BeginAsync(cancellation);
        var stored = await ticket.Store.CountAsync(MemoryFilter.Everything, cancellation);
        return new Finding("counts", stored == runtime.TextIndex.Count, stored, runtime.TextIndex.Count);
    }

    /// <summary>Whether the newest and the oldest records are found by their own vector, and by their own words.</summary>
    private async Task<IReadOnlyList<Finding>> SampleAsync(CancellationToken cancellation)
    {
        using var lease = await runtime.Stores.LeaseAsync(cancellation);
        var (sample, unread) = await SampleWordsAsync(lease.Store, cancellation);
        List<MemoryId> unseen = [];
        foreach (var memory in sample)
        {
            if (!await IsFoundAsync(lease.Store, memory, cancellation)) unseen.Add(memory.Id);
        }

        return [Sampled("sample", sample.Count, unseen), Sampled("words", sample.Count, unread)];
    }

    private async Task<(IReadOnlyList<Memory> Sample, List<MemoryId> Unread)> SampleWordsAsync(IMemoryStore store, CancellationToken cancellation)
    {
        // Between the store and the text index a batch is found in one of them only.
        using var ticket = await runtime.Writer.BeginAsync(cancellation);
        var sample = new Dictionary<MemoryId, Memory>();
        await foreach (var memory in store.WholeAsync(ScanQuery.Everything with { IsDescending = true, Limit = SampleSize / 2 }, cancellation)) sample[memory.Id] = memory;
        await foreach (var memory in store.WholeAsync(ScanQuery.Everything with { Limit = SampleSize }, cancellation))
        {
            sample[memory.Id] = memory;
            if (sample.Count >= SampleSize) break;
        }

        return ([.. sample.Values], [.. sample.Values.Where(memory => !runtime.TextIndex.FindsOwnWords(memory)).Select(memory => memory.Id)]);
    }

    private static Finding Sampled(string check, int size, List<MemoryId> missing) => new(check, missing.Count == 0, size, string.Join(", ", missing.Take(5)));

    private static async Task<bool> IsFoundAsync(IMemoryStore store, Memory memory, CancellationToken cancellation)
    {
        var nearest = await store.SearchAsync(memory.Scope, new VectorQuery(memory.Vector, SearchTop, MemoryFilter.Everything), cancellation);
        return nearest.Any(m => m.Memory.Id == memory.Id) || (nearest.Count == SearchTop && nearest[^1].Similarity > 0.999f);
    }

    /// <summary>Whether every row can be read, and moved to any store; names the first that cannot.</summary>
    private async Task<IReadOnlyList<Finding>> RowsAsync(CancellationToken cancellation)
    {
        List<string> damaged = [], unportable = [];
        using var lease = await runtime.Stores.LeaseAsync(cancellation);
        await foreach (var row in lease.Store.ScanAsync(ScanQuery.Everything, cancellation))
        {
            if (row.Damage is { } damage) damaged.Add($"{row.Id}: {runtime.Strings[damage]}");
            else if (row.Memory is { } memory && PortableRecord.Flaw(memory) is { } flaw) unportable.Add($"{row.Id}: {flaw}");
        }

        return [Named("damaged", damaged), Named("unportable", unportable)];
    }

    private static Finding Named(string check, List<string> rows) => new(check, rows.Count == 0, rows.Count, string.Join("; ", rows.Take(5)));

    private async Task<Finding> OutboxAsync(CancellationToken cancellation)
    {
        var status = await runtime.Outbox.StatusAsync(cancellation);
        return new Finding("outbox", status.Failed == 0, status.Pending, status.Failed, status.LastProblem ?? "");
    }

    /// <summary>What the guard held back since the start; looked at last, because the other checks ask the store too.</summary>
    private async Task<Finding> IsolationAsync(CancellationToken cancellation)
    {
        var active = await runtime.Stores.ActiveAsync(cancellation);
        var leaks = StatusCommand.HeldBack(active);
        return new Finding("isolation", leaks == 0, leaks, active.Backend.Name);
    }

    private async Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
    {
        using var lease = await runtime.Stores.LeaseAsync(cancellation);
        return await lease.Store.CountAsync(filter, cancellation);
    }
}
