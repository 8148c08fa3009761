using Mnemo.Memories;
using Mnemo.Sqlite;
using Mnemo.State;

namespace Mnemo.Privacy;

/// <summary>What the control state knows of a person, and how it is taken out.</summary>
internal static class ControlTraces
{
    /// <summary>
    /// Erases everything but the waiting messages, which are the outbox's, and the privacy choice, which is kept under a
    /// hash. The answer can count again what is left, when the erasure is on the disk.
    /// </summary>
    public static List<ErasedTrace> Erase(PreparedConnection c, PersonKey person)
    {
        // A direct chat belongs to the person, so its sessions, windows and settings name them and go as a whole.
        var direct = Direct(c, person);
        var sessions = CountBy(c, "SELECT session, count(*) FROM messages WHERE platform = $1 AND speaker = $2 GROUP BY session", person);
        var windows = CountBy(c, "SELECT window, count(*) FROM messages WHERE platform = $1 AND speaker = $2 GROUP BY window", person);
        var messages = c.Execute("DELETE FROM messages WHERE platform = $1 AND speaker = $2", person.Platform, person.UserId);
        var emptied = 0L;
        foreach (var (session, theirs) in sessions)
        {
            c.Execute("UPDATE sessions SET messages = messages - $2 WHERE number = $1", session, theirs);
            emptied += c.Execute("DELETE FROM sessions WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE session = $1)", session);
        }

        var shut = 0L;
        foreach (var (window, theirs) in windows)
        {
            c.Execute("UPDATE windows SET messages = messages - $2 WHERE number = $1", window, theirs);
            shut += c.Execute("DELETE FROM windows WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE window = $1)", window);
        }

        var settings = 0L;
        foreach (var conversation in direct)
        {
            emptied += c.Execute("DELETE FROM sessions WHERE conversation = $1", conversation);
            shut += c.Execute("DELETE FROM windows WHERE conversation = $1", conversation);
            settings += c.Execute("DELETE FROM settings WHERE conversation = $1", conversation);
        }

        var places = c.Execute("DELETE FROM participants WHERE platform = $1 AND user = $2", person.Platform, person.UserId);
        var names = c.Execute("DELETE FROM user_names WHERE platform = $1 AND user = $2", person.Platform, person.UserId)
            + c.Execute("DELETE FROM users WHERE platform = $1 AND id = $2", person.Platform, person.UserId);
        PrivacySettings.Anonymise(c, person.Platform, person.UserId);
        return
        [
            new("messages", messages, left => Messages(left, person)),
            new("sessions", emptied, left => Of(left, "SELECT count(*) FROM sessions WHERE conversation = $1", direct)
                + sessions.Sum(s => left.Number("SELECT count(*) FROM sessions WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE session = $1)", s.Number))),
            new("windows", shut, left => Of(left, "SELECT count(*) FROM windows WHERE conversation = $1", direct)
                + windows.Sum(w => left.Number("SELECT count(*) FROM windows WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE window = $1)", w.Number))),
            new("participants", places, left => Conversations(left, person)),
            new("names", names, left => Names(left, person)),
            new("settings", settings, left => Of(left, "SELECT count(*) FROM settings WHERE conversation = $1", direct)),
        ];
    }

    public static long Messages(PreparedConnection c, PersonKey person)
        => c.Number("SELECT count(*) FROM messages WHERE platform = $1 AND speaker = $2", person.Platform, person.UserId);

    /// <summary>Their messages that wait; what they say after they asked to be forgotten is new and not counted.</summary>
    public static long Waiting(PreparedConnection c, PersonKey person, DateTimeOffset before)
    {
        var limit = before.ToUnixTimeMilliseconds();
        return c.Number("SELECT count(*) FROM outbox WHERE platform = $1 AND speaker = $2 AND queued_at < $3", person.Platform, person.UserId, limit)
            + c.Number("SELECT count(*) FROM failed WHERE platform = $1 AND speaker = $2 AND queued_at < $3", person.Platform, person.UserId, limit);
    }

    public static long Conversations(PreparedConnection c, PersonKey person)
        => c.Number("SELECT count(*) FROM participants WHERE platform = $1 AND user = $2", person.Platform, person.UserId);

    private static long Of(PreparedConnection c, string sql, List<string> conversations) => conversations.Sum(conversation => c.Number(sql, conversation));

    private static List<(long Number, long Messages)> CountBy(PreparedConnection c, string sql, PersonKey person)
        => c.Query(sql, r => (r.GetInt64(0), r.GetInt64(1)), person.Platform, person.UserId);

    private static long Names(PreparedConnection c, PersonKey person)
        => c.Number("SELECT count(*) FROM user_names WHERE platform = $1 AND user = $2", person.Platform, person.UserId)
        + c.Number("SELECT count(*) FROM users WHERE platform = $1 AND id = $2", person.Platform, person.UserId);

    private static List<string> Direct(PreparedConnection c, PersonKey person) => [.. c.Query(
        "SELECT channel, thread FROM participants WHERE platform = $1 AND guild = $2 AND user = $3",
        r => (Channel: r.GetString(0), Thread: r.GetString(1)), person.Platform, MemoryScope.Direct, person.UserId)
        .Select(chat => new MemoryScope(person.Platform, MemoryScope.Direct, chat.Channel, person.UserId, chat.Thread).Conversation)];
}

/// <summary>A place of the control state that was erased.</summary>
/// <param name="Name">Its name on the receipt.</param>
/// <param name="Erased">How many entries were erased.</param>
/// <param name="Left">Counts what is there.</param>
internal sealed record ErasedTrace(string Name, long Erased, Func<PreparedConnection, long> Left);
