using Mnemo.State;

namespace Mnemo.Capture;

/// <summary>
/// Says which session each message of a batch belongs to. It starts from the sessions on disk, so the same rows get
/// the same answer after a restart, and it writes nothing: sessions are recorded when their rows are completed.
/// </summary>
internal sealed class SessionTracker(ControlStore control, int idleMs)
{
    private readonly Dictionary<string, OpenSession> _open = new(StringComparer.Ordinal);

    public async Task<string> AssignAsync(OutboxRow row, CancellationToken cancellation)
    {
        if (row.Message.Session.Length > 0) return row.Message.Session;
        var conversation = row.Message.Scope.Conversation;
        var at = row.At.ToUnixTimeMilliseconds();
        if (!_open.TryGetValue(conversation, out var session) || !session.Includes(at, idleMs))
            session = await FindAsync(conversation, at, cancellation) ?? new OpenSession($"{conversation}#{at}", at, at);
        _open[conversation] = session with { FirstAt = Math.Min(session.FirstAt, at), LastAt = Math.Max(session.LastAt, at) };
        return session.Id;
    }

    private Task<OpenSession?> FindAsync(string conversation, long at, CancellationToken cancellation) => control.ReadAsync(c => c.First(
        "SELECT id, first_at, last_at FROM sessions WHERE conversation = $1 AND last_at >= $2 AND first_at <= $3 ORDER BY last_at DESC LIMIT 1",
        r => new OpenSession(r.GetString(0), r.GetInt64(1), r.GetInt64(2)),
        conversation, idleMs < 0 ? long.MinValue : at - idleMs, idleMs < 0 ? long.MaxValue : at + idleMs), cancellation);

    private sealed record OpenSession(string Id, long FirstAt, long LastAt)
    {
        public bool Includes(long at, int idleMs) => idleMs < 0 || (at <= LastAt + idleMs && at >= FirstAt - idleMs);
    }
}
