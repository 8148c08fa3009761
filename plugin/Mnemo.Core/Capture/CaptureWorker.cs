using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Capture;

/// <summary>
/// Makes memories of the messages that wait, in order and in batches, one batch at a time. A batch is stored first and
/// then marked as done, so a crash repeats it, and the repetition leads to the same memories. While the store cannot
/// be reached everything waits in the outbox; a message that it refuses for good is set aside and the others go on.
/// </summary>
public sealed partial class CaptureWorker(
    Outbox outbox,
    MemoryManager stores,
    MemoryWriter writer,
    TextIndex textIndex,
    Task textIndexReady,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    EmbeddingFingerprint fingerprint,
    CaptureOptions options,
    TimeProvider clock,
    ILogger<CaptureWorker> logger) : IDisposable
{
    private const int LongestSleepMs = 3_600_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TaskCompletionSource _never = new();
    private readonly RetryLoop _retries = new(outbox, clock, logger);

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
                var due = await DirectoryRecorder.CloseIdleWindowsAsync(outbox.Control, options.IdleMs, CancellationToken.None);
                _retries.Relax();
                await SleepAsync(arrival, due is { } next ? next - clock.GetUtcNow() : null, cancellation);
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

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    /// <summary>Waits for the batch in hand and holds the next one back until the answer is disposed.</summary>
    public async Task<IDisposable> PauseAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        return new Turn(_turn);
    }

    // Repetitions are found through the text index, so nothing is made into a memory before it is current.
    private async Task<bool> StepAsync(long last, CancellationToken cancellation)
    {
        await textIndexReady.WaitAsync(cancellation);
        using var turn = await PauseAsync(cancellation);
        var rows = await outbox.PendingAsync(options.BatchRows, cancellation);
        if (rows.Count == 0 || rows[0].Sequence > last) return false;
        await StoreAsync(rows, cancellation);
        return true;
    }

    // A refusal concerns some row of the batch; halving finds it in few steps and keeps the order of the others.
    private async Task StoreAsync(IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        try
        {
            await StoreTogetherAsync(rows, cancellation);
        }
        catch (Exception e) when (!IsPassing(e))
        {
            if (rows.Count == 1)
            {
                LogRefused(rows[0].Sequence, RetryLoop.Reason(e));
                await outbox.FailAsync(rows[0].Sequence, RetryLoop.Reason(e), cancellation);
                return;
            }

            var half = rows.Count / 2;
            await StoreAsync([.. rows.Take(half)], cancellation);
            await StoreAsync([.. rows.Skip(half)], cancellation);
        }
    }

    private async Task StoreTogetherAsync(IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        var tracker = new SessionTracker(outbox.Control, options.IdleMs);
        List<OutboxRow> assigned = [];
        foreach (var row in rows) assigned.Add(row with { Session = await tracker.AssignAsync(row, cancellation) });

        var consolidator = new Consolidator(stores, textIndex, fingerprint);
        await consolidator.AddAsync(assigned, cancellation);
        var memories = await EmbedAsync(consolidator.Memories, cancellation);
        foreach (var batch in writer.Limits.Split(memories)) await writer.UpsertAsync(batch, cancellation);

        // They are stored; stopping before they are marked would only repeat the work.
        await outbox.CompleteAsync(consolidator.Done, options, CancellationToken.None);
    }

    private async Task<IReadOnlyList<Memory>> EmbedAsync(IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        var bare = memories.Where(NeedsVector).ToList();
        if (bare.Count == 0) return memories;
        var vectors = await embedder.GenerateAsync(bare.Select(m => m.Text), cancellationToken: cancellation);
        if (vectors.Count != bare.Count) throw new InvalidDataException($"The embedder answered {vectors.Count} vectors for {bare.Count} texts.");
        var embedded = bare.Zip(vectors, (m, v) => m with { Vector = v.Vector, Embedding = fingerprint }).ToDictionary(m => m.Id);
        return [.. memories.Select(m => embedded.GetValueOrDefault(m.Id, m))];
    }

    private bool NeedsVector(Memory memory) => memory.Vector.IsEmpty || memory.Embedding != fingerprint;

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

    internal static bool IsPassing(Exception e) => e switch
    {
        MemoryStoreException store => store.IsTransient,
        HttpRequestException or TimeoutException or IOException or ControlStoreException or OperationCanceledException => true,
        _ => false,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Sequence} cannot be stored and is set aside: {Reason}")]
    private partial void LogRefused(long sequence, string reason);

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private SemaphoreSlim? _turn = turn;

        public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
