using Microsoft.Extensions.Logging;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Capture;

/// <summary>
/// Makes memories of the messages that wait, in order and in batches, each in a turn to write. A batch is stored first
/// and then marked as done, so a crash repeats it, and the repetition leads to the same memories. What concerns every
/// message (the store is away, misconfigured, damaged) leaves all of them waiting; a message that the store refuses is
/// set aside and the others go on.
/// </summary>
public sealed partial class CaptureWorker(
    Outbox outbox,
    MemoryWriter writer,
    TextIndex textIndex,
    Task textIndexReady,
    CaptureOptions options,
    TimeProvider clock,
    ILogger<CaptureWorker> logger)
{
    private const int LongestSleepMs = 3_600_000, CheckpointMs = 60_000;

    private readonly TaskCompletionSource _never = new();
    private readonly RetryLoop _retries = new(outbox, clock, logger);

    /// <summary>Whether a batch was stored in this run.</summary>
    public bool HasStored { get; private set; }

    /// <summary>
    /// Works until it is cancelled, then finishes the batch in hand and returns. What failed in an earlier run is tried
    /// again first. Throws why the text index cannot be made current, when it cannot.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await textIndexReady.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }

        var areFailedBack = false;
        while (!cancellation.IsCancellationRequested)
        {
            var arrival = outbox.NextArrival;
            try
            {
                if (!areFailedBack) await outbox.RetryFailedAsync(CancellationToken.None);
                areFailedBack = true;
                while (!cancellation.IsCancellationRequested && await StepAsync(long.MaxValue, CancellationToken.None)) _retries.Relax();
                await SleepAsync(arrival, await CloseIdleAsync(), cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                await SleepAsync(_never.Task, await _retries.ReportAsync(e), cancellation);
            }
        }
    }

    /// <summary>
    /// Everything that was accepted before the call is stored, or set aside, when the task completes. Throws what the
    /// store or the embedder threw when it cannot be stored now; it stays in the outbox then, and <see cref="RunAsync"/> tries again.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        var last = outbox.LastSequence is > 0 and var seen ? seen : long.MaxValue;
        while (await StepAsync(last, cancellation))
        {
        }
    }

    /// <summary>As <see cref="DrainAsync"/>, and every window is closed: the input has ended.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        await DrainAsync(cancellation);
        await DirectoryRecorder.CloseWindowsAsync(outbox.Control, cancellation);
    }

    /// <summary>Whether a failure concerns some message of a batch. Of what nobody foresaw that has to be assumed, or one message could stop all of them.</summary>
    internal static bool IsAboutRows(Exception e) => e switch
    {
        MemoryStoreException store => store.IsAboutRows,
        _ => !IsPassing(e),
    };

    internal static bool IsPassing(Exception e) => e switch
    {
        MemoryStoreException store => store.IsTransient,
        HttpRequestException or TimeoutException or IOException or InvalidDataException or ControlStoreException or OperationCanceledException => true,
        _ => false,
    };

    // Repetitions are found through the text index, so nothing is made into a memory before it is current.
    private async Task<bool> StepAsync(long last, CancellationToken cancellation)
    {
        await textIndexReady.WaitAsync(cancellation);

        // Nobody waits for a turn to write nothing.
        if (await outbox.OldestAsync(cancellation) is not { } oldest || oldest > last) return false;
        using var ticket = await writer.BeginAsync(cancellation);
        var rows = await outbox.PendingAsync(options.BatchRows, cancellation);
        if (rows.Count == 0 || rows[0].Sequence > last) return false;
        await RefusedRows.SetAsideAsync(rows, part => StoreAsync(ticket, part, cancellation), IsAboutRows, (row, e) => SetAsideAsync(row, e, cancellation));
        return true;
    }

    private async Task StoreAsync(WriteTicket ticket, IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        var active = ticket.Active;
        var embedder = active.Embedder ?? throw new MemoryStoreException(StoreErrorKind.Misconfigured, active.Backend.Name, "upsert", "store.embedder.absent", active.Settings.Embedding);
        var tracker = new SessionTracker(outbox.Control, options.IdleMs);
        List<OutboxRow> seated = [];
        foreach (var row in rows) seated.Add(row with { Session = await tracker.AssignAsync(row, cancellation) });

        var consolidator = new Consolidator(ticket.Store, textIndex, embedder.Fingerprint);
        await consolidator.AddAsync(seated, cancellation);
        var memories = await EmbedAsync(embedder, consolidator.Memories, cancellation);
        foreach (var batch in writer.Limits.Split(memories)) await writer.UpsertAsync(ticket, batch, cancellation);

        // They are stored; stopping before they are marked would only repeat the work.
        await outbox.CompleteAsync(consolidator.Done, options, CancellationToken.None);
        HasStored = true;
    }

    private async Task SetAsideAsync(OutboxRow row, Exception reason, CancellationToken cancellation)
    {
        LogRefused(row.Sequence, RetryLoop.Reason(reason));
        await outbox.FailAsync(row.Sequence, RetryLoop.Reason(reason), cancellation);
    }

    private static async Task<IReadOnlyList<Memory>> EmbedAsync(Embedding.SetEmbedder embedder, IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        var bare = memories.Where(m => m.Vector.IsEmpty || m.Embedding != embedder.Fingerprint).ToList();
        if (bare.Count == 0) return memories;
        var vectors = await embedder.EmbedAsync([.. bare.Select(m => m.Text)], cancellation);
        var embedded = bare.Zip(vectors, (m, v) => m with { Vector = v, Embedding = embedder.Fingerprint }).ToDictionary(m => m.Id);
        return [.. memories.Select(m => embedded.GetValueOrDefault(m.Id, m))];
    }

    /// <summary>What is done when nothing waits; answers how long until it has to be looked again.</summary>
    private async Task<TimeSpan?> CloseIdleAsync()
    {
        var due = await DirectoryRecorder.CloseIdleWindowsAsync(outbox.Control, options.IdleMs, CancellationToken.None);
        _retries.Relax();
        var untilDue = due is { } next ? next - clock.GetUtcNow() : (TimeSpan?)null;
        if (!writer.NeedsCheckpoint) return untilDue;
        if (await writer.CheckpointIfQuietAsync(TimeSpan.FromMilliseconds(CheckpointMs), CancellationToken.None) is not { } wait) return untilDue;
        return untilDue is { } shorter && shorter < wait ? shorter : wait;
    }

    private async Task SleepAsync(Task wake, TimeSpan? limit, CancellationToken cancellation)
    {
        try
        {
            var longest = TimeSpan.FromMilliseconds(LongestSleepMs);
            var wait = limit is { } asked && asked < longest ? asked : longest;
            await wake.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), clock, cancellation);
        }
        catch (TimeoutException)
        {
            // Time to look again.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The loop sees it.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Sequence} cannot be stored and is set aside: {Reason}")]
    private partial void LogRefused(long sequence, string reason);
}
