using Mnemo.Sqlite;
using Mnemo.Memories;

namespace Mnemo.State;

/// <summary>
/// What was written, in order: a number, the epoch, the memory's id and what was done; no text and no scope, so that
/// nothing has to be erased from it. An entry is on the disk before the store is touched, so after a crash it tells
/// which rows to look at. It keeps one entry an id, the latest, and is trimmed to its slowest reader: the text index,
/// a copy under way, a retained store.
/// </summary>
public sealed class WriteLog(ControlStore control)
{
    /// <summary>The reader that is the text index.</summary>
    public const string TextIndexReader = "text_index";

    /// <summary>Appends one entry for each id; they are on the disk when the task completes.</summary>
    public Task<LogRange> AppendAsync(long epoch, IReadOnlyList<MemoryId> ids, WriteOperation operation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return control.WriteAsync(c =>
        {
            var first = Last(c) + 1;
            var number = first;
            foreach (var id in ids)
            {
                c.Execute("INSERT INTO write_log VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET number = excluded.number, epoch = excluded.epoch, operation = excluded.operation",
                    number++, epoch, id.Value, (long)operation);
            }

            StateValues.Set(c, StateValues.WriteNumber, number - 1);
            return new LogRange(first, number - 1);
        }, cancellation);
    }

    /// <summary>The last number that was given out; 0 when there was none.</summary>
    public Task<long> LastAsync(CancellationToken cancellation) => control.ReadAsync(Last, cancellation);

    /// <summary>The entries after a number, in order; the latest of each id.</summary>
    public async Task<IReadOnlyList<LogEntry>> AfterAsync(long number, int most, CancellationToken cancellation) => await control.ReadAsync(c => c.Query(
        "SELECT number, epoch, id, operation FROM write_log WHERE number > $1 ORDER BY number LIMIT $2",
        r => new LogEntry(r.GetInt64(0), r.GetInt64(1), new MemoryId(r.GetInt64(2)), (WriteOperation)r.GetInt64(3)), number, most), cancellation);

    /// <summary>Up to which number entries have been trimmed away: a reader that stands before it has to begin anew.</summary>
    public Task<long> TrimmedAsync(CancellationToken cancellation) => control.ReadAsync(c => c.Number("SELECT value FROM facts WHERE name = $1", StateValues.WriteTrimmed), cancellation);

    /// <summary>How many entries there are, and how far each reader has come.</summary>
    public Task<LogStatus> StatusAsync(CancellationToken cancellation) => control.ReadAsync(c => new LogStatus(
        c.Number("SELECT count(*) FROM write_log"), Last(c),
        c.Query("SELECT name, position FROM write_log_readers ORDER BY name", r => new LogReader(r.GetString(0), r.GetInt64(1)))), cancellation);

    /// <summary>Notes how far a reader has come, for good, and trims what no reader needs any more.</summary>
    public Task AdvanceAsync(string reader, long position, CancellationToken cancellation) => control.WriteAsync(c => Advance(c, reader, position), cancellation);

    /// <summary>Forgets a reader; what it alone needed is trimmed.</summary>
    public Task RemoveReaderAsync(string reader, CancellationToken cancellation) => control.WriteAsync(c =>
    {
        c.Execute("DELETE FROM write_log_readers WHERE name = $1", reader);
        Trim(c);
    }, cancellation);

    internal static void Advance(PreparedConnection c, string reader, long position)
    {
        c.Execute("INSERT INTO write_log_readers VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position", reader, position);
        Trim(c);
    }

    internal static long Last(PreparedConnection c) => c.Number("SELECT value FROM facts WHERE name = $1", StateValues.WriteNumber);

    private static void Trim(PreparedConnection c)
    {
        if (c.Scalar("SELECT min(position) FROM write_log_readers") is not long slowest) return;
        c.Execute("DELETE FROM write_log WHERE number <= $1", slowest);
        if (slowest > c.Number("SELECT value FROM facts WHERE name = $1", StateValues.WriteTrimmed)) StateValues.Set(c, StateValues.WriteTrimmed, slowest);
    }
}

/// <summary>What was done to a memory.</summary>
public enum WriteOperation
{
    /// <summary>It was added or replaced.</summary>
    Upsert,

    /// <summary>It was deleted.</summary>
    Delete,
}

/// <summary>The numbers of one batch, both included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last; one less than the first when the batch is empty.</param>
public readonly record struct LogRange(long First, long Last);

/// <summary>An entry of the log.</summary>
/// <param name="Number">Its place in the order of all writes.</param>
/// <param name="Epoch">The epoch in which it was written.</param>
/// <param name="Id">The memory.</param>
/// <param name="Operation">What was done.</param>
public readonly record struct LogEntry(long Number, long Epoch, MemoryId Id, WriteOperation Operation);

/// <summary>Who reads the log, and how far.</summary>
/// <param name="Name">The reader.</param>
/// <param name="Position">It needs nothing up to this number.</param>
public sealed record LogReader(string Name, long Position);

/// <summary>The log as status lines show it.</summary>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="Last">The last number given out.</param>
/// <param name="Readers">Who reads it.</param>
public sealed record LogStatus(long Entries, long Last, IReadOnlyList<LogReader> Readers);
