using Mnemo.Salvage;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>Something acknowledged that the control state does not hold any more.</summary>
/// <param name="FoundAt">When it was noticed.</param>
/// <param name="Changes">How many transactions are gone from the end of the log.</param>
/// <param name="Messages">How many messages that waited are missing.</param>
/// <param name="First">The first of their numbers.</param>
/// <param name="Last">The last of their numbers.</param>
/// <param name="Restored">How many others could be read in the damaged log, and wait again.</param>
public sealed record Loss(DateTimeOffset FoundAt, long Changes, long Messages, long First, long Last, long Restored);

/// <summary>
/// Compares what a control state holds with what it should: with its mark, with its own count of what has come and gone,
/// and with what stands behind the damage in its log.
/// </summary>
internal static class LossCheck
{
    /// <summary>Says that nothing is missing among what waits now.</summary>
    public const string Recount = "UPDATE progress SET left_outbox = last_number - (SELECT count(*) FROM outbox)";

    /// <summary>Reads what SQLite would pass over in a damaged log, before it does; null when the log is whole.</summary>
    public static DamagedLog? BeforeOpening(string controlPath)
    {
        using var log = WriteAheadLog.TryOpen(controlPath + "-wal");
        if (log is null || (log.LostCommits == 0 && log.Committed == log.Frames.Count)) return null;
        return new DamagedLog(log.LostCommits, SalvagedState.Read(controlPath, isWholeLog: false), SalvagedState.Read(controlPath, isWholeLog: true));
    }

    /// <summary>Notes a loss once, and puts back what was read behind the damage; null when all is there.</summary>
    /// <param name="c">The connection that writes.</param>
    /// <param name="mark">The mark; null when there is none.</param>
    /// <param name="damaged">What was read of a damaged log; null when it is whole, or ends too early.</param>
    /// <param name="hasLog">Whether there was a log: without one, an older file was put in the place of this one.</param>
    /// <param name="now">The time.</param>
    public static Loss? Settle(PreparedConnection c, Progress? mark, DamagedLog? damaged, bool hasLog, long now)
    {
        var found = Progress.Of(c);
        var waiting = c.Number("SELECT count(*) FROM outbox");
        var gone = c.Number("SELECT last_number - left_outbox FROM progress") - waiting;
        var changes = Math.Max(damaged?.LostCommits ?? 0, Math.Max(0, (mark?.Commits ?? 0) - found.Commits));
        if (changes == 0 && gone <= 0)
        {
            if (gone < 0) c.Execute(Recount);
            return null;
        }

        c.Execute("BEGIN IMMEDIATE");
        // What came after the damage and had not left when the process ended.
        var (first, last) = (Math.Max(found.LastNumber + 1, mark?.OldestWaiting ?? 0), mark?.LastNumber ?? 0);
        var isLastCommitted = mark is not null && damaged is not null && mark.Commits > found.Commits + damaged.LostCommits;
        var readable = isLastCommitted ? damaged!.WholeLog : damaged?.Committed;
        var restored = readable?.WriteTo(c, first - 1) ?? [];
        readable?.WriteStoresTo(c);
        var missing = Math.Max(0, last - first + 1 - restored.Count(number => number <= last));
        if (missing == 0) (first, last) = (found.OldestWaiting, found.LastNumber);
        else if (gone > 0) first = found.OldestWaiting;
        var loss = new Loss(DateTimeOffset.FromUnixTimeMilliseconds(now), changes, missing + Math.Max(0, gone), first, last, restored.Count);
        c.Execute("INSERT INTO losses (found_at, changes, messages, first, last, restored) VALUES ($1, $2, $3, $4, $5, $6)",
            now, loss.Changes, loss.Messages, loss.First, loss.Last, loss.Restored);
        c.Execute("UPDATE progress SET commits = max(commits, $1), last_number = max(last_number, $2)", mark?.Commits ?? 0, mark?.LastNumber ?? 0);
        c.Execute(Recount);
        // What the write log had said is lost, too: its numbers are not given out again, and its readers begin anew.
        if (hasLog && mark?.LastWrite > found.LastWrite)
        {
            StateValues.Set(c, StateValues.WriteNumber, mark.LastWrite);
            StateValues.Set(c, StateValues.WriteTrimmed, mark.LastWrite);
        }

        Progress.Count(c);
        c.Execute("COMMIT");
        return loss;
    }
}

/// <summary>A log that SQLite reads to its damage only.</summary>
/// <param name="LostCommits">Transactions behind the damage.</param>
/// <param name="Committed">What could be read up to the last transaction that was certainly committed, behind the damage too.</param>
/// <param name="WholeLog">The same with the transaction whose end cannot be read.</param>
internal sealed record DamagedLog(int LostCommits, SalvagedState Committed, SalvagedState WholeLog);

/// <summary>The losses that nobody has acknowledged.</summary>
public sealed class LossJournal(ControlStore control)
{
    /// <summary>All of them, the latest first.</summary>
    public async Task<IReadOnlyList<Loss>> OpenAsync(CancellationToken cancellation) => await control.ReadAsync(c => c.Query(
        "SELECT found_at, changes, messages, first, last, restored FROM losses WHERE seen_at IS NULL ORDER BY number DESC",
        r => new Loss(DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(0)), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))), cancellation);

    /// <summary>The operator has seen them: status and doctor need not tell of them any more.</summary>
    public Task AcknowledgeAsync(CancellationToken cancellation)
        => control.WriteAsync(c => c.Execute("UPDATE losses SET seen_at = $1 WHERE seen_at IS NULL", control.Now), cancellation);
}
