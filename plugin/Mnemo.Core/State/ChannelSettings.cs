using System.Collections.Concurrent;

namespace Mnemo.State;

/// <summary>
/// What was chosen for a conversation: <c>channel</c>, <c>persona</c>, <c>language</c>, <c>budget</c>, …. Every message
/// asks for it, and one process owns the file, so what was read once is kept.
/// </summary>
public sealed class ChannelSettings(ControlStore control)
{
    /// <summary>The setting that says whether the bot listens and speaks in a conversation.</summary>
    public const string Channel = "channel";

    private const string Off = "off";
    private const int CacheLimit = 10_000;

    // Every change replaces it as a whole: who had begun to read before adds to the one that nobody asks any more.
    private ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _known = Nothing();

    /// <summary>Whether the bot listens and speaks there.</summary>
    public async Task<bool> ListensAsync(string conversation, CancellationToken cancellation) => await GetAsync(conversation, Channel, cancellation) is not Off;

    /// <summary>The value; null when nothing was chosen.</summary>
    public async Task<string?> GetAsync(string conversation, string key, CancellationToken cancellation)
        => (await AllAsync(conversation, cancellation)).GetValueOrDefault(key);

    /// <summary>Chooses a value; null takes the choice back. It holds from the moment the task completes.</summary>
    public async Task SetAsync(string conversation, string key, string? value, CancellationToken cancellation)
    {
        await control.WriteAsync(c =>
        {
            if (value is null) c.Execute("DELETE FROM settings WHERE conversation = $1 AND key = $2", conversation, key);
            else c.Execute("INSERT INTO settings VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", conversation, key, value);
        }, cancellation);
        ReadAgain();
    }

    /// <summary>Everything that was chosen for a conversation.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AllAsync(string conversation, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _known);
        if (known.TryGetValue(conversation, out var chosen)) return chosen;
        chosen = await control.ReadAsync(c => c.Query(
            "SELECT key, value FROM settings WHERE conversation = $1", r => new Chosen(r.GetString(0), r.GetString(1)), conversation)
            .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal), cancellation);
        if (known.Count >= CacheLimit) known.Clear();
        known.TryAdd(conversation, chosen);
        return chosen;
    }

    /// <summary>Whoever changes the table takes care that it is read again, after the change is on the disk.</summary>
    internal void ReadAgain() => Volatile.Write(ref _known, Nothing());

    private static ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Nothing() => new(StringComparer.Ordinal);

    private sealed record Chosen(string Key, string Value);
}
