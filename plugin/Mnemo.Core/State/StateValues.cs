using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>Single values of the control state.</summary>
internal static class StateValues
{
    public const string Salt = "salt", StoredTotal = "stored_total", LastStoredAt = "last_stored_at", LastProblem = "last_problem", LastProblemAt = "last_problem_at",
        RecoveredAt = "recovered_at", LedgerLostAt = "ledger_lost_at",
        WriteNumber = "write_number", WriteTrimmed = "write_trimmed", WriteEpoch = "write_epoch";

    public static void Set(PreparedConnection c, string name, object value)
        => c.Execute("INSERT INTO facts VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);

    public static void Add(PreparedConnection c, string name, long amount)
        => c.Execute("INSERT INTO facts VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value", name, amount);

    public static void SetProblem(PreparedConnection c, string problem, long at)
    {
        Set(c, LastProblem, problem);
        Set(c, LastProblemAt, at);
    }

    public static DateTimeOffset? Time(PreparedConnection c, string name)
        => c.Scalar("SELECT value FROM facts WHERE name = $1", name) is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
