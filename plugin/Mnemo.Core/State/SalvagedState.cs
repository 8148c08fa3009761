using System.Text.Json;
using Mnemo.Salvage;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// What can still be read of a control state whose file, or whose log, is damaged or missing. It may hold a row that was
/// deleted since, and it may lack others: whoever uses it takes the stricter side.
/// </summary>
internal sealed class SalvagedState
{
    private const int SaltLength = 32, StoreState = 10;
    private const string HashPrefix = "sha256:";

    private readonly Dictionary<(string Platform, string Message), WaitingMessage> _waiting = [];
    private readonly Dictionary<(string Platform, string User), PrivacyChoice> _choices = [];
    private readonly Dictionary<(string Conversation, string Key), string> _settings = [];
    private readonly Dictionary<long, LedgerEntry> _erasures = [];
    private readonly Dictionary<string, long> _erasedMemories = new(StringComparer.Ordinal);
    private readonly HashSet<(string Platform, string User)> _users = [];
    private readonly List<(string Platform, string User, string Name, string Mode, long Since)> _unconfirmed = [];
    private readonly Dictionary<long, object?[]> _stores = [];

    private SalvagedState()
    {
    }

    /// <summary>Messages that wait, or that could not be stored, by their numbers.</summary>
    public IReadOnlyList<WaitingMessage> Waiting => [.. _waiting.Values.OrderBy(m => m.Number)];

    /// <summary>Choices other than "on".</summary>
    public IReadOnlyCollection<PrivacyChoice> Choices => _choices.Values;

    /// <summary>How many choices there are for conversations.</summary>
    public int Settings => _settings.Count;

    /// <summary>How many people were forgotten.</summary>
    public int Erasures => _erasures.Count;

    /// <summary>Everybody who was seen.</summary>
    public IReadOnlyCollection<(string Platform, string User)> Users => _users;

    /// <summary>What the hashes of the ledger are made with; without it nobody can be found in it.</summary>
    public byte[]? Salt { get; private set; }

    /// <summary>Reads what is there, whatever the state of the files. Changes nothing.</summary>
    /// <param name="controlPath">The database file; it may be missing.</param>
    /// <param name="isWholeLog">Whether the last transaction of the log counts although its end cannot be read.</param>
    public static SalvagedState Read(string controlPath, bool isWholeLog)
    {
        var state = new SalvagedState();
        using var pages = DatabasePages.Open(controlPath, isWholeLog);
        foreach (var record in RecordReader.ReadAll(pages)) state.Take(record);
        return state;
    }

    /// <summary>
    /// Puts it into a control state: messages behind a number, choices as far as they are newer, everything else where
    /// nothing stands. Messages of somebody who asked to be forgotten later are left out.
    /// </summary>
    /// <returns>How many messages were put in.</returns>
    public IReadOnlyList<long> WriteTo(PreparedConnection c, long afterNumber)
    {
        foreach (var ((conversation, key), value) in _settings)
            c.Execute("INSERT INTO settings VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", conversation, key, value);
        foreach (var choice in _choices.Values)
        {
            c.Execute("""
                INSERT INTO privacy VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET mode = excluded.mode, changed_at = excluded.changed_at
                WHERE excluded.changed_at > changed_at
                """, choice.Platform, choice.User, choice.Mode, choice.ChangedAt);
        }

        foreach (var (number, e) in _erasures)
        {
            c.Execute("INSERT INTO erasures VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                number, e.Platform, e.User, e.WhoHash, e.Stage, e.RequestedAt, e.FinishedAt, e.Receipt);
        }

        foreach (var (hash, erasure) in _erasedMemories) c.Execute("INSERT INTO erased_memories VALUES ($1, $2) ON CONFLICT DO NOTHING", hash, erasure);
        List<long> numbers = [];
        foreach (var message in Waiting.Where(m => m.Number > afterNumber && !IsForgotten(c, m)))
        {
            if (c.Scalar("SELECT 1 FROM messages WHERE platform = $1 AND message = $2", message.Platform, message.Message) is not null) continue;
            var added = c.Execute("INSERT INTO outbox VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                message.Number, message.Platform, message.Message, message.Speaker, message.IsQuestion ? 1 : 0, message.QueuedAt, message.Payload, message.Checksum);
            if (added == 1) numbers.Add(message.Number);
        }

        return numbers;
    }

    /// <summary>Puts in which store is the active one, and what it is known by, as of the last that can be read.</summary>
    public void WriteStoresTo(PreparedConnection c)
    {
        foreach (var (number, values) in _stores)
        {
            c.Execute("DELETE FROM stores WHERE number = $1 OR (state = 'active' AND $2 = 'active')", number, values[StoreState]);
            c.Execute("INSERT INTO stores VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", [number, .. values.Skip(1)]);
        }
    }

    /// <summary>Puts in who was opted out by a recovery before and had not been confirmed.</summary>
    public void WriteUnconfirmedTo(PreparedConnection c)
    {
        foreach (var (platform, user, name, mode, since) in _unconfirmed)
            c.Execute("INSERT INTO unconfirmed VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", platform, user, name, mode, since);
    }

    private static bool IsForgotten(PreparedConnection c, WaitingMessage message)
        => c.Number("SELECT max(requested_at) FROM erasures WHERE who_hash = $1", PersonHash.Of(c, message.Platform, message.Speaker)) >= message.QueuedAt;

    // A row says by its shape which table it is of; the tables of the control state differ in theirs.
    private void Take(StoredRecord record)
    {
        switch (record)
        {
            case { Key: { } number, Values: [null, string platform, string message, string speaker, long question and (0 or 1), long at, byte[] payload, .. var rest] }:
                TakeMessage(new WaitingMessage(number, platform, message, speaker, question == 1, at, payload, ChecksumIn(rest)), rest, record.IsSound);
                break;
            case { IsSound: false }:
                // Only a message says by itself that it is whole.
                break;
            case { Key: null, Values: [string platform, string user, nameof(PrivacyMode.Off) or nameof(PrivacyMode.Incognito), long at] }:
                TakeChoice(new PrivacyChoice(platform, user, (string)record.Values[2]!, at));
                break;
            case { Key: null, Values: [string platform, string user, string, long] } when !user.StartsWith(HashPrefix, StringComparison.Ordinal):
                _users.Add((platform, user));
                break;
            case { Key: null, Values: [string platform, string user, string name, string mode, long since] }:
                _unconfirmed.Add((platform, user, name, mode, since));
                break;
            case { Key: null, Values: [string platform, string user, long, long, long] }:
                _users.Add((platform, user));
                break;
            case { Key: null, Values: [string conversation, string key, string value] }:
                _settings[(conversation, key)] = value;
                break;
            case { Key: { } number, Values: [null, string platform, var user, string hash, string stage, long requested, var finished, var receipt] } when hash.StartsWith(HashPrefix, StringComparison.Ordinal):
                _erasures[number] = new LedgerEntry(platform, user as string, hash, stage, requested, finished as long?, receipt as string);
                break;
            case { Key: null, Values: [string hash, long erasure] } when hash.StartsWith(HashPrefix, StringComparison.Ordinal):
                _erasedMemories[hash] = erasure;
                break;
            case { Key: { } number, Values: [null, string, null or string, string, long, string, null or string, null or string, null or long, null or long, string, long, long] values }:
                _stores[number] = values;
                break;
            case { Key: null, Values: [StateValues.Salt, byte[] { Length: SaltLength } salt] }:
                Salt = salt;
                break;
        }
    }

    private void TakeMessage(WaitingMessage message, object?[] rest, bool isSound)
    {
        if (rest is not ([] or [null or long] or [long, string] or [long, string, null or long])) return;
        if (!message.IsWhole || (message.Checksum is null && !(isSound && IsPayload(message)))) return;
        if (isSound) _waiting[(message.Platform, message.Message)] = message;
        else _waiting.TryAdd((message.Platform, message.Message), message);
    }

    private void TakeChoice(PrivacyChoice choice)
    {
        if (!_choices.TryGetValue((choice.Platform, choice.User), out var known) || known.ChangedAt <= choice.ChangedAt) _choices[(choice.Platform, choice.User)] = choice;
    }

    private static long? ChecksumIn(object?[] rest) => rest switch
    {
        [long ofWaiting] => ofWaiting,
        [long, string, long ofFailed] => ofFailed,
        _ => null,
    };

    // A row of the version before has no checksum; its payload names the message.
    private static bool IsPayload(WaitingMessage message)
    {
        try
        {
            using var payload = JsonDocument.Parse(message.Payload);
            return payload.RootElement.TryGetProperty("id", out var id) && id.ValueEquals(message.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private sealed record LedgerEntry(string Platform, string? User, string WhoHash, string Stage, long RequestedAt, long? FinishedAt, string? Receipt);
}

/// <summary>What somebody chose.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="User">The platform's user id, or its salted hash.</param>
/// <param name="Mode">The name of the <see cref="PrivacyMode"/>.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record PrivacyChoice(string Platform, string User, string Mode, long ChangedAt);
