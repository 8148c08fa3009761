using Mnemo.Memories;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// Who was seen where and when: users with their names, organizations (guilds), sessions, windows and messages. It is
/// written when a message is stored, in the same transaction. The text of a message is not in it: the memory has it,
/// and what lies in one place only can be forgotten in one place.
/// </summary>
public sealed class SessionDirectory(ControlStore control)
{
    /// <summary>The ids of those who spoke in a conversation, the latest first.</summary>
    public async Task<IReadOnlyList<string>> ParticipantsAsync(string platform, string guild, string channel, string thread, CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query(
            "SELECT user FROM participants WHERE platform = $1 AND guild = $2 AND channel = $3 AND thread = $4 ORDER BY last_at DESC, user",
            r => r.GetString(0), platform, guild, channel, thread), cancellation);

    /// <summary>
    /// The conversations of the guild in which everybody of this conversation has spoken, the asker included: what was
    /// said there is no secret to anybody who would read the answer here.
    /// </summary>
    public async Task<IReadOnlyList<Conversation>> SharedAsync(MemoryScope scope, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return await control.ReadAsync(c => c.Query(
            """
            WITH here AS (
                SELECT user FROM participants WHERE platform = $1 AND guild = $2 AND channel = $3 AND thread = $4 UNION SELECT $5)
            SELECT channel, thread FROM participants
            WHERE platform = $1 AND guild = $2 AND user IN (SELECT user FROM here)
            GROUP BY channel, thread HAVING count(DISTINCT user) = (SELECT count(*) FROM here)
            """,
            r => new Conversation(r.GetString(0), r.GetString(1)), scope.Platform, scope.Guild, scope.Channel, scope.Thread, scope.Subject), cancellation);
    }

    /// <summary>What is known of a user; null when they were never seen.</summary>
    public Task<KnownUser?> FindUserAsync(string platform, string userId, CancellationToken cancellation) => control.ReadAsync(c => c.First(
        "SELECT first_at, last_at, messages FROM users WHERE platform = $1 AND id = $2",
        r => new KnownUser(platform, userId, Names(c, platform, userId), Time(r.GetInt64(0)), Time(r.GetInt64(1)), r.GetInt64(2)),
        platform, userId), cancellation);

    /// <summary>The sessions of a conversation, the latest first.</summary>
    public async Task<IReadOnlyList<KnownSession>> SessionsAsync(string conversation, int max, CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query(
            "SELECT id, first_at, last_at, messages FROM sessions WHERE conversation = $1 ORDER BY last_at DESC, number DESC LIMIT $2",
            r => new KnownSession(conversation, r.GetString(0), Time(r.GetInt64(1)), Time(r.GetInt64(2)), r.GetInt64(3)), conversation, max), cancellation);

    /// <summary>The windows of a conversation, the latest first.</summary>
    public async Task<IReadOnlyList<ConversationWindow>> WindowsAsync(string conversation, int max, CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query(
            "SELECT number, messages, opened_at, touched_at, closed_at, reason FROM windows WHERE conversation = $1 ORDER BY number DESC LIMIT $2",
            r => new ConversationWindow(r.GetInt64(0), conversation, r.GetInt64(1), Time(r.GetInt64(2)), Time(r.GetInt64(3)),
                r.IsDBNull(4) ? null : Time(r.GetInt64(4)), r.IsDBNull(5) ? null : r.GetString(5)), conversation, max), cancellation);

    /// <summary>The ids of the messages of a window, oldest first.</summary>
    public async Task<IReadOnlyList<string>> WindowMessagesAsync(long window, CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query("SELECT message FROM messages WHERE window = $1 ORDER BY at, message", r => r.GetString(0), window), cancellation);


    private static List<string> Names(PreparedConnection c, string platform, string userId)
        => c.Query("SELECT name FROM user_names WHERE platform = $1 AND user = $2 ORDER BY last_at DESC, name", r => r.GetString(0), platform, userId);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>A user who was seen.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Id">The platform's user id.</param>
/// <param name="Names">The names they used, the latest first.</param>
/// <param name="FirstAt">When they were first seen.</param>
/// <param name="LastAt">When they were last seen.</param>
/// <param name="Messages">How many of their messages were kept.</param>
public sealed record KnownUser(string Platform, string Id, IReadOnlyList<string> Names, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Messages);

/// <summary>A session: messages of one conversation without a long pause between them.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Id">The id that its memories carry.</param>
/// <param name="FirstAt">Its first message.</param>
/// <param name="LastAt">Its last message.</param>
/// <param name="Messages">How many messages it has.</param>
public sealed record KnownSession(string Conversation, string Id, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Messages);

/// <summary>A stretch of a conversation that a model will be asked to distil as a whole.</summary>
/// <param name="Number">Its key.</param>
/// <param name="Conversation">The conversation.</param>
/// <param name="Messages">How many messages it has.</param>
/// <param name="OpenedAt">Its first message.</param>
/// <param name="TouchedAt">Its last message.</param>
/// <param name="ClosedAt">When it was closed; null while it is open.</param>
/// <param name="Reason">Why: <c>full</c>, <c>idle</c> or <c>end</c>.</param>
public sealed record ConversationWindow(
    long Number, string Conversation, long Messages, DateTimeOffset OpenedAt, DateTimeOffset TouchedAt, DateTimeOffset? ClosedAt, string? Reason);
