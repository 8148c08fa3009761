using Mnemo.Sqlite;
using Mnemo.State;

namespace Mnemo.Capture;

/// <summary>
/// The durable queue between the chat and the memory. A message that was acknowledged survives everything but the loss
/// of the disk, and is made into memories once. It is bounded: when it is full, whoever has a new message waits.
/// </summary>
public sealed class Outbox
{
    /// <summary>How many messages may wait when nothing else is said.</summary>
    public const int DefaultLimit = 100_000;

    // The number is the next one whatever becomes of the row, so that "everything before" has a meaning and a gap is noticed.
    private const string Entry = "INSERT INTO outbox (sequence, platform, message, speaker, question, queued_at, payload, checksum) ";

    private readonly ControlStore _control;
    private readonly OutboxCapacity _capacity;
    private long _lastSequence;
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes the queue over the control state.</summary>
    public Outbox(ControlStore control, int limit = DefaultLimit)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _control = control;
        _capacity = new OutboxCapacity(limit, cancellation => control.ReadAsync(c => c.Number("SELECT count(*) FROM outbox"), cancellation));
    }

    internal ControlStore Control => _control;

    /// <summary>The place of the youngest message that was acknowledged by this process; 0 when there was none.</summary>
    public long LastSequence => Interlocked.Read(ref _lastSequence);

    /// <summary>Queues a message; it is on the disk when the task completes. Waits while the queue is full.</summary>
    /// <returns><see cref="IntakeOutcome.AlreadyKnown"/> when this message of this platform came before.</returns>
    public Task<IntakeReceipt> EnqueueAsync(ChatMessage message, CancellationToken cancellation) => EnqueueAsync(message, isQuestion: false, cancellation);

    internal async Task<IntakeReceipt> EnqueueAsync(ChatMessage message, bool isQuestion, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        var payload = MessagePayload.Write(isQuestion ? message with { Text = "" } : message);
        await _capacity.TakeAsync(cancellation);
        var sequence = 0L;
        try
        {
            sequence = await _control.WriteAsync(c => Insert(c, message, isQuestion, payload), cancellation);
        }
        finally
        {
            if (sequence == 0) _capacity.Give(1);
        }

        if (sequence == 0) return new IntakeReceipt(IntakeOutcome.AlreadyKnown);
        Announce(sequence);
        return new IntakeReceipt(isQuestion ? IntakeOutcome.Question : IntakeOutcome.Accepted, sequence);
    }

    /// <summary>The oldest waiting messages, in order. A row that cannot be read is set aside as failed.</summary>
    public async Task<IReadOnlyList<OutboxRow>> PendingAsync(int max, CancellationToken cancellation)
    {
        while (true)
        {
            var stored = await _control.ReadAsync(c => c.Query(
                "SELECT sequence, platform, message, speaker, question, queued_at, payload, checksum FROM outbox ORDER BY sequence LIMIT $1", WaitingMessage.Read, max), cancellation);
            List<OutboxRow> rows = new(stored.Count);
            var unreadable = 0;
            foreach (var row in stored)
            {
                try
                {
                    if (!row.IsWhole) throw new FormatException("the disk has changed the waiting message: its checksum is wrong");
                    rows.Add(new OutboxRow(row.Number, MessagePayload.Read(row.Payload), row.IsQuestion, DateTimeOffset.FromUnixTimeMilliseconds(row.QueuedAt)));
                }
                catch (FormatException e)
                {
                    unreadable++;
                    await FailAsync(row.Number, e.Message, cancellation);
                }
            }

            if (rows.Count > 0 || unreadable == 0) return rows;
        }
    }

    /// <summary>
    /// Marks messages as stored: their text leaves the outbox and users, sessions, messages, windows and counters move,
    /// all in one transaction. Rows that were taken away meanwhile are passed over.
    /// </summary>
    public async Task CompleteAsync(IReadOnlyList<CompletedRow> rows, CaptureOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        await _capacity.ReadyAsync(cancellation);
        _capacity.Give(await _control.WriteAsync(c =>
        {
            var taken = 0;
            var created = 0L;
            foreach (var row in rows)
            {
                if (c.Execute("DELETE FROM outbox WHERE sequence = $1", row.Row.Sequence) == 0) continue;
                taken++;
                created += row.Created;
                DirectoryRecorder.Record(c, row, options);
            }

            if (taken > 0) StateValues.Add(c, StateValues.StoredTotal, created);
            if (rows.Any(row => !row.Row.IsQuestion)) StateValues.Set(c, StateValues.LastStoredAt, _control.Now);
            return taken;
        }, cancellation));
    }

    /// <summary>Sets a message aside that cannot be stored. The reason must not hold its text.</summary>
    public async Task FailAsync(long sequence, string reason, CancellationToken cancellation)
    {
        await _capacity.ReadyAsync(cancellation);
        _capacity.Give(await _control.WriteAsync(c =>
        {
            c.Execute("""
                INSERT INTO failed (sequence, platform, message, speaker, question, queued_at, payload, failed_at, reason, checksum)
                SELECT sequence, platform, message, speaker, question, queued_at, payload, $2, $3, checksum FROM outbox WHERE sequence = $1
                """, sequence, _control.Now, reason);
            StateValues.SetProblem(c, reason, _control.Now);
            return c.Execute("DELETE FROM outbox WHERE sequence = $1", sequence);
        }, cancellation));
    }

    /// <summary>Puts the failed messages back into the queue, behind what waits; returns how many.</summary>
    public async Task<int> RetryFailedAsync(CancellationToken cancellation)
    {
        if (await _control.ReadAsync(c => c.Number("SELECT count(*) FROM failed"), cancellation) == 0) return 0;
        await _capacity.ReadyAsync(cancellation);
        var (count, last) = await _control.WriteAsync(c =>
        {
            var rows = c.Query("SELECT sequence FROM failed ORDER BY sequence", r => r.GetInt64(0));
            foreach (var row in rows)
            {
                c.Execute(Entry + "SELECT last_number + 1, platform, message, speaker, question, queued_at, payload, checksum FROM progress, failed WHERE sequence = $1", row);
                c.Execute("DELETE FROM failed WHERE sequence = $1", row);
            }

            return (rows.Count, Progress.Of(c).LastNumber);
        }, cancellation);
        _capacity.Give(-count);
        if (count > 0) Announce(last);
        return count;
    }

    /// <summary>Notes why storing does not work at the moment, for status lines. Must not hold message text.</summary>
    public Task ReportAsync(string problem, CancellationToken cancellation) => _control.WriteAsync(c => StateValues.SetProblem(c, problem, _control.Now), cancellation);

    /// <summary>What waits, what failed, and why.</summary>
    public Task<OutboxStatus> StatusAsync(CancellationToken cancellation) => _control.ReadAsync(c => new OutboxStatus(
        c.Number("SELECT count(*) FROM outbox"),
        c.Number("SELECT count(*) FROM failed"),
        StateValues.Time(c, StateValues.LastStoredAt),
        c.Number("SELECT value FROM facts WHERE name = $1", StateValues.StoredTotal),
        c.Scalar("SELECT value FROM facts WHERE name = $1", StateValues.LastProblem) as string,
        StateValues.Time(c, StateValues.LastProblemAt)), cancellation);

    /// <summary>The place of the oldest waiting message; null when nothing waits.</summary>
    internal Task<long?> OldestAsync(CancellationToken cancellation) => _control.ReadAsync(c => c.Scalar("SELECT min(sequence) FROM outbox") as long?, cancellation);

    /// <summary>Completes at the next arrival after the call.</summary>
    internal Task NextArrival => Volatile.Read(ref _arrival).Task;

    /// <summary>Takes away everything that waits or failed and was said by a user; returns how many messages.</summary>
    internal async Task<int> RemoveAsync(string platform, string userId, CancellationToken cancellation)
    {
        await _capacity.ReadyAsync(cancellation);
        var (waiting, failed) = await _control.WriteAsync(c => (
            c.Execute("DELETE FROM outbox WHERE platform = $1 AND speaker = $2", platform, userId),
            c.Execute("DELETE FROM failed WHERE platform = $1 AND speaker = $2", platform, userId)), cancellation);
        _capacity.Give(waiting);
        return waiting + failed;
    }

    private long Insert(PreparedConnection c, ChatMessage message, bool isQuestion, byte[] payload)
    {
        if (c.Scalar("SELECT 1 FROM messages WHERE platform = $1 AND message = $2", message.Scope.Platform, message.Id) is not null
            || c.Scalar("SELECT 1 FROM failed WHERE platform = $1 AND message = $2", message.Scope.Platform, message.Id) is not null) return 0;
        var now = _control.Now;
        var checksum = MessageChecksum.Of(message.Scope.Platform, message.Id, message.Speaker.Id, isQuestion, now, payload);
        return c.Number(Entry + "SELECT last_number + 1, $1, $2, $3, $4, $5, $6, $7 FROM progress WHERE true ON CONFLICT (platform, message) DO NOTHING RETURNING sequence",
            message.Scope.Platform, message.Id, message.Speaker.Id, isQuestion ? 1 : 0, now, payload, checksum);
    }

    private void Announce(long sequence)
    {
        long seen;
        while ((seen = Interlocked.Read(ref _lastSequence)) < sequence && Interlocked.CompareExchange(ref _lastSequence, sequence, seen) != seen)
        {
        }

        Interlocked.Exchange(ref _arrival, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
