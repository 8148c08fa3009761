using System.Collections.Concurrent;
using Mnemo.Memories;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// What each user allows. The choice of somebody who was forgotten is kept under a salted hash of their id, so that
/// "off" stays off without the id being written anywhere.
/// </summary>
public sealed class PrivacySettings(ControlStore control)
{
    private const int CacheLimit = 10_000;
    private readonly ConcurrentDictionary<(string Platform, string User), PrivacyMode> _known = new();

    /// <summary>The user's choice; <see cref="PrivacyMode.On"/> when they made none.</summary>
    public async Task<PrivacyMode> GetAsync(string platform, string userId, CancellationToken cancellation)
    {
        if (_known.TryGetValue((platform, userId), out var known)) return known;
        var mode = await control.ReadAsync(c => Read(c, platform, userId) ?? Read(c, platform, PersonHash.Of(c, platform, userId)) ?? PrivacyMode.On, cancellation);
        if (_known.Count >= CacheLimit) _known.Clear();
        _known.TryAdd((platform, userId), mode);
        return mode;
    }

    /// <summary>Writes a choice down; it holds from the moment the task completes.</summary>
    public async Task SetAsync(string platform, string userId, PrivacyMode mode, CancellationToken cancellation)
    {
        await control.WriteAsync(c =>
        {
            c.Execute("DELETE FROM privacy WHERE platform = $1 AND user = $2", platform, PersonHash.Of(c, platform, userId));
            c.Execute("DELETE FROM unconfirmed WHERE platform = $1 AND user = $2", platform, userId);
            DeleteOtherSpellings(c, platform, userId);
            if (mode == PrivacyMode.On) c.Execute("DELETE FROM privacy WHERE platform = $1 AND user = $2", platform, userId);
            else
            {
                c.Execute("INSERT INTO privacy VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET mode = excluded.mode, changed_at = excluded.changed_at",
                    platform, userId, mode.ToString(), control.Now);
            }
        }, cancellation);
        _known[(platform, userId)] = mode;
    }

    /// <summary>The users of whom nothing may be recalled, in every way that their memories may name them.</summary>
    public async Task<IReadOnlyList<string>> SilencedAsync(string platform, CancellationToken cancellation)
    {
        var users = await control.ReadAsync(c => c.Query(
            "SELECT user FROM privacy WHERE platform = $1 AND mode = $2 ORDER BY user", r => r.GetString(0), platform, nameof(PrivacyMode.Off)), cancellation);
        return [.. users.SelectMany(user => PersonIds.Spellings(platform, user))];
    }

    /// <summary>Whether there is anybody of whom nothing new may be kept, and so not either where they are.</summary>
    public Task<bool> HasAnybodyOptedOutAsync(string platform, CancellationToken cancellation)
        => control.ReadAsync(c => c.Scalar("SELECT 1 FROM privacy WHERE platform = $1 AND mode <> $2", platform, nameof(PrivacyMode.On)) is not null, cancellation);

    /// <summary>Who is off because a recovery of the control state could not know what they had chosen; by their ids.</summary>
    public async Task<IReadOnlyList<KnownPerson>> UnconfirmedAsync(CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query("SELECT platform, user, name FROM unconfirmed ORDER BY platform, user", r => new KnownPerson(r.GetString(0), r.GetString(1), r.GetString(2))), cancellation);

    /// <summary>Whether somebody is off for that reason, and not by their own choice.</summary>
    public Task<bool> IsUnconfirmedAsync(string platform, string userId, CancellationToken cancellation)
        => control.ReadAsync(c => c.Scalar("SELECT 1 FROM unconfirmed WHERE platform = $1 AND user = $2", platform, userId) is not null, cancellation);

    /// <summary>The operator says that somebody had not opted out: what is known of their choice holds again.</summary>
    public async Task ConfirmAsync(KnownPerson person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        var mode = await control.ReadAsync(c => c.Scalar("SELECT mode FROM unconfirmed WHERE platform = $1 AND user = $2", person.Platform, person.Id) as string, cancellation);
        if (mode is not null) await SetAsync(person.Platform, person.Id, Enum.Parse<PrivacyMode>(mode), cancellation);
    }

    /// <summary>Replaces the id by its hash, as part of forgetting somebody.</summary>
    internal static void Anonymise(PreparedConnection c, string platform, string userId)
    {
        DeleteOtherSpellings(c, platform, userId);
        c.Execute("UPDATE OR REPLACE privacy SET user = $3 WHERE platform = $1 AND user = $2", platform, userId, PersonHash.Of(c, platform, userId));
        c.Execute("DELETE FROM unconfirmed WHERE platform = $1 AND user = $2", platform, userId);
    }

    // A recovery keeps silence under names as they were written.
    private static void DeleteOtherSpellings(PreparedConnection c, string platform, string userId)
    {
        if (platform != PersonIds.ConsolePlatform) return;
        foreach (var user in c.Query("SELECT user FROM privacy WHERE platform = $1 AND user <> $2", r => r.GetString(0), platform, userId))
        {
            if (PersonIds.Of(platform, user) == userId) c.Execute("DELETE FROM privacy WHERE platform = $1 AND user = $2", platform, user);
        }
    }

    private static PrivacyMode? Read(PreparedConnection c, string platform, string user)
        => c.Scalar("SELECT mode FROM privacy WHERE platform = $1 AND user = $2", platform, user) is string mode ? Enum.Parse<PrivacyMode>(mode) : null;
}

/// <summary>What a user allows.</summary>
public enum PrivacyMode
{
    /// <summary>What they say is kept and recalled.</summary>
    On,

    /// <summary>Nothing new is kept; what there is stays in use.</summary>
    Incognito,

    /// <summary>Nothing new is kept, and nothing of theirs is recalled for anybody.</summary>
    Off,
}
