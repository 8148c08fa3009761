using Mnemo.Sqlite;
using Mnemo.State;

namespace Mnemo.Capture;

/// <summary>Writes down who was where: users, organizations, participants, sessions, windows and messages of a stored row.</summary>
internal static class DirectoryRecorder
{
    /// <summary>Why a window was closed.</summary>
    public const string Full = "full", Idle = "idle", EndOfInput = "end";

    /// <summary>Messages of one window for each pair that the configuration asks for: one of either side.</summary>
    private const int MessagesPerPair = 2;

    public static void Record(PreparedConnection c, CompletedRow done, CaptureOptions options)
    {
        var message = done.Row.Message;
        var scope = message.Scope;
        var at = done.Row.At.ToUnixTimeMilliseconds();
        var session = Session(c, done, at);
        var window = Window(c, scope.Conversation, at, options);
        if (c.Execute("INSERT INTO messages VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                scope.Platform, message.Id, session, window, message.Speaker.Id, at, message.Link) == 0) return;

        if (!scope.IsDirect)
        {
            c.Execute("""
                INSERT INTO organizations VALUES ($1, $2, $3, $3)
                ON CONFLICT DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
                """, scope.Platform, scope.Guild, at);
        }

        c.Execute("""
            INSERT INTO users VALUES ($1, $2, $3, $3, 1)
            ON CONFLICT DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at), messages = messages + 1
            """, scope.Platform, message.Speaker.Id, at);
        c.Execute("INSERT INTO user_names VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at)",
            scope.Platform, message.Speaker.Id, message.Speaker.Name, at);
        c.Execute("""
            INSERT INTO participants VALUES ($1, $2, $3, $4, $5, $6, 1)
            ON CONFLICT DO UPDATE SET last_at = max(last_at, excluded.last_at), messages = messages + 1
            """, scope.Platform, scope.Guild, scope.Channel, scope.Thread, message.Speaker.Id, at);
        c.Execute("UPDATE sessions SET messages = messages + 1 WHERE number = $1", session);
        c.Execute("UPDATE windows SET messages = messages + 1, touched_at = max(touched_at, $2) WHERE number = $1", window, at);
        c.Execute("UPDATE windows SET closed_at = $2, reason = $3 WHERE number = $1 AND messages >= $4", window, at, Full, options.NumPairs * MessagesPerPair);
    }

    /// <summary>Closes the windows whose last message is older than the idle time; says when the next one will be due.</summary>
    public static async Task<DateTimeOffset?> CloseIdleWindowsAsync(ControlStore control, int idleMs, CancellationToken cancellation)
    {
        if (idleMs < 0) return null;
        var oldest = await OldestWindowAsync(control, cancellation);
        if (oldest is { } touched && touched + idleMs <= control.Now)
        {
            await control.WriteAsync(c => CloseIdle(c, control.Now, idleMs), cancellation);
            oldest = await OldestWindowAsync(control, cancellation);
        }

        // A window may have been touched at the end of the calendar; it is due at its end then.
        return oldest is { } next ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(next + idleMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : null;
    }

    /// <summary>Closes every open window: the input has ended.</summary>
    public static async Task CloseWindowsAsync(ControlStore control, CancellationToken cancellation)
    {
        if (await OldestWindowAsync(control, cancellation) is not null) await control.WriteAsync(c => CloseAll(c, control.Now), cancellation);
    }

    private static Task<long?> OldestWindowAsync(ControlStore control, CancellationToken cancellation)
        => control.ReadAsync(c => c.Scalar("SELECT min(touched_at) FROM windows WHERE closed_at IS NULL") as long?, cancellation);

    private static int CloseIdle(PreparedConnection c, long now, int idleMs)
        => c.Execute("UPDATE windows SET closed_at = $1, reason = $2 WHERE closed_at IS NULL AND touched_at + $3 <= $1", now, Idle, idleMs);

    private static int CloseAll(PreparedConnection c, long now)
        => c.Execute("UPDATE windows SET closed_at = $1, reason = $2 WHERE closed_at IS NULL", now, EndOfInput);

    private static long Session(PreparedConnection c, CompletedRow done, long at)
    {
        var scope = done.Row.Message.Scope;
        return c.Number("""
            INSERT INTO sessions (id, conversation, platform, guild, channel, thread, first_at, last_at, messages)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)
            ON CONFLICT (conversation, id) DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
            RETURNING number
            """, done.Row.Session, scope.Conversation, scope.Platform, scope.Guild, scope.Channel, scope.Thread, at);
    }

    private static long Window(PreparedConnection c, string conversation, long at, CaptureOptions options)
    {
        if (options.IdleMs >= 0)
        {
            c.Execute("UPDATE windows SET closed_at = $1, reason = $2 WHERE conversation = $3 AND closed_at IS NULL AND touched_at + $4 < $1",
                at, Idle, conversation, options.IdleMs);
        }

        return c.First("SELECT number FROM windows WHERE conversation = $1 AND closed_at IS NULL", r => (long?)r.GetInt64(0), conversation)
            ?? c.Number("INSERT INTO windows (conversation, messages, opened_at, touched_at) VALUES ($1, 0, $2, $2) RETURNING number", conversation, at);
    }
}
