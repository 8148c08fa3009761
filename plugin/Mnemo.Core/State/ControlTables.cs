namespace Mnemo.State;

/// <summary>The tables of the control state, version by version.</summary>
internal static class ControlTables
{
    /// <summary>All versions, oldest first. Add to the end; never edit what was released.</summary>
    public static IReadOnlyList<string> Versions { get; } = [First, StoreRouter.Table, Progress.Tables, StoreRouter.StoresTable + WriteLogTables];

    // One entry a memory: the latest write wins, and whoever reads the log looks at the memory itself.
    private const string WriteLogTables = """

        CREATE TABLE write_log (
          number INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, id INTEGER NOT NULL UNIQUE, operation INTEGER NOT NULL) STRICT;
        CREATE TABLE write_log_readers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;

    // The outbox holds waiting messages only, so it stays small. A row that cannot be stored moves to failed and keeps its
    // payload for another try; a stored one leaves a row without text in messages, which is how it is known when it comes again.
    private const string First = """
        CREATE TABLE outbox (
          sequence INTEGER PRIMARY KEY, platform TEXT NOT NULL, message TEXT NOT NULL, speaker TEXT NOT NULL,
          question INTEGER NOT NULL, queued_at INTEGER NOT NULL, payload BLOB NOT NULL, UNIQUE (platform, message)) STRICT;
        CREATE TABLE failed (
          sequence INTEGER PRIMARY KEY, platform TEXT NOT NULL, message TEXT NOT NULL, speaker TEXT NOT NULL,
          question INTEGER NOT NULL, queued_at INTEGER NOT NULL, payload BLOB NOT NULL,
          failed_at INTEGER NOT NULL, reason TEXT NOT NULL, UNIQUE (platform, message)) STRICT;

        CREATE TABLE organizations (
          platform TEXT NOT NULL, id TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
          PRIMARY KEY (platform, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE users (
          platform TEXT NOT NULL, id TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, messages INTEGER NOT NULL,
          PRIMARY KEY (platform, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE user_names (
          platform TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, last_at INTEGER NOT NULL,
          PRIMARY KEY (platform, user, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE participants (
          platform TEXT NOT NULL, guild TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, user TEXT NOT NULL,
          last_at INTEGER NOT NULL, messages INTEGER NOT NULL,
          PRIMARY KEY (platform, guild, channel, thread, user)) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions (
          number INTEGER PRIMARY KEY, id TEXT NOT NULL, conversation TEXT NOT NULL, platform TEXT NOT NULL, guild TEXT NOT NULL,
          channel TEXT NOT NULL, thread TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, messages INTEGER NOT NULL,
          UNIQUE (conversation, id)) STRICT;
        CREATE INDEX sessions_by_time ON sessions (conversation, last_at);
        CREATE TABLE windows (
          number INTEGER PRIMARY KEY, conversation TEXT NOT NULL, messages INTEGER NOT NULL, opened_at INTEGER NOT NULL,
          touched_at INTEGER NOT NULL, closed_at INTEGER, reason TEXT) STRICT;
        CREATE UNIQUE INDEX open_windows ON windows (conversation) WHERE closed_at IS NULL;
        CREATE TABLE messages (
          platform TEXT NOT NULL, message TEXT NOT NULL, session INTEGER NOT NULL, window INTEGER NOT NULL, speaker TEXT NOT NULL,
          at INTEGER NOT NULL, link TEXT NOT NULL, PRIMARY KEY (platform, message)) STRICT, WITHOUT ROWID;
        CREATE INDEX messages_by_speaker ON messages (platform, speaker);
        CREATE INDEX messages_by_session ON messages (session);
        CREATE INDEX messages_by_window ON messages (window);

        CREATE TABLE settings (
          conversation TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (conversation, key)) STRICT, WITHOUT ROWID;
        CREATE TABLE privacy (
          platform TEXT NOT NULL, user TEXT NOT NULL, mode TEXT NOT NULL, changed_at INTEGER NOT NULL,
          PRIMARY KEY (platform, user)) STRICT, WITHOUT ROWID;
        CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE erasures (
          number INTEGER PRIMARY KEY, platform TEXT NOT NULL, user TEXT, who_hash TEXT NOT NULL, stage TEXT NOT NULL,
          requested_at INTEGER NOT NULL, finished_at INTEGER, receipt TEXT) STRICT;
        CREATE TABLE erased_memories (hash TEXT PRIMARY KEY, erasure INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;
}
