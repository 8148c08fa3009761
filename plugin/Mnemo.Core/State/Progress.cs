using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>How far the control state has come.</summary>
/// <param name="Commits">Transactions that changed something.</param>
/// <param name="LastNumber">The last number that was given to a waiting message.</param>
/// <param name="OldestWaiting">The smallest number that still waits; one more than the last when nothing does.</param>
/// <param name="LastWrite">The last number that the write log has given out.</param>
internal sealed record Progress(long Commits, long LastNumber, long OldestWaiting, long LastWrite)
{
    /// <summary>
    /// The number of the last waiting message is kept whether or not the message is still there, and so is how many have
    /// left; the triggers hold both, whoever writes. What neither waits nor has left is missing.
    /// </summary>
    internal const string Tables = """
        ALTER TABLE outbox ADD COLUMN checksum INTEGER;
        ALTER TABLE failed ADD COLUMN checksum INTEGER;
        CREATE TABLE progress (
          only_row INTEGER PRIMARY KEY CHECK (only_row = 1), commits INTEGER NOT NULL, last_number INTEGER NOT NULL, left_outbox INTEGER NOT NULL) STRICT;
        INSERT INTO progress SELECT 1, 0, last, last - (SELECT count(*) FROM outbox)
          FROM (SELECT max(coalesce((SELECT max(sequence) FROM outbox), 0), coalesce((SELECT max(sequence) FROM failed), 0)) AS last);
        CREATE TRIGGER outbox_entered AFTER INSERT ON outbox BEGIN
          UPDATE progress SET last_number = max(last_number, new.sequence);
        END;
        CREATE TRIGGER outbox_left AFTER DELETE ON outbox BEGIN
          UPDATE progress SET left_outbox = left_outbox + 1;
        END;
        CREATE TABLE losses (
          number INTEGER PRIMARY KEY, found_at INTEGER NOT NULL, changes INTEGER NOT NULL, messages INTEGER NOT NULL,
          first INTEGER NOT NULL, last INTEGER NOT NULL, restored INTEGER NOT NULL, seen_at INTEGER) STRICT;
        CREATE TABLE unconfirmed (
          platform TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, mode TEXT NOT NULL, since INTEGER NOT NULL,
          PRIMARY KEY (platform, user)) STRICT, WITHOUT ROWID;
        """;

    private const string Columns = "commits, last_number, coalesce((SELECT min(sequence) FROM outbox), last_number + 1), coalesce((SELECT value FROM facts WHERE name = '" + StateValues.WriteNumber + "'), 0)";

    /// <summary>What the control state says of itself.</summary>
    public static Progress Of(PreparedConnection c) => c.First($"SELECT {Columns} FROM progress", Read)!;

    /// <summary>Counts a transaction, as its last statement.</summary>
    public static Progress Count(PreparedConnection c) => c.First($"UPDATE progress SET commits = commits + 1 RETURNING {Columns}", Read)!;

    private static Progress Read(SqliteDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3));
}
