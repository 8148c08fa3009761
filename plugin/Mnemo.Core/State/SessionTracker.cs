namespace Mnemo.State;

/// <summary>
/// Says which sitting each message of a batch belongs to. It starts from the sessions on disk, so the same rows get
/// the same answer after a restart, and it writes nothing: sessions are recorded when their rows are completed.
/// </summary>
internal sealed class SessionTracker(ControlStore control, int idleMs)
{
    private readonly Dictionary<string, Sitting> _open = new(StringComparer.Ordinal);

    public async Task<string> AssignAsync(OutboxRow row, CancellationToken cancellation)
    {
        if (row.Message.Session.Length > 0) return row.Message.Session;
        var conversation = row.Message.Scope.Conversation;
        var at = row.At.ToUnixTimeMilliseconds();
        if (!_open.TryGetValue(conversation, out var sitting) || !sitting.Includes(at, idleMs))
            sitting = await FindAsync(conversation, at, cancellation) ?? new Sitting($"{conversation}#{at}", at, at);
        _open[conversation] = sitting with { FirstAt = Math.Min(sitting.FirstAt, at), LastAt = Math.Max(sitting.LastAt, at) };
        return sitting.Id;
    }

    private Task<Sitting?> FindAsync(string conversation, long at, CancellationToken cancellation) => control.ReadAsync(c => c.First(
        "SELECT id, first_at, last_at FROM sessions WHERE conversation = $1 AND last_at >= $2 AND first_at <= $3 ORDER BY last_at DESC LIMIT 1",
        r => new Sitting(r.GetString(0), r.GetInt64(1), r.GetInt64(2)),
        conversation, idleMs < 0 ? long.MinValue : at - idleMs, idleMs < 0 ? long.MaxValue : at + idleMs), cancellation);

    private sealed record Sitting(string Id, long FirstAt, long LastAt)
    {
        public bool Includes(long at, int idleMs) => idleMs < 0 || (at <= LastAt + idleMs && at >= FirstAt - idleMs);
    }
}
