namespace Mnemo.State;

/// <summary>What was chosen for a conversation: <c>channel</c>, <c>persona</c>, <c>language</c>, <c>budget</c>, ….</summary>
public sealed class ChannelSettings(ControlStore control)
{
    /// <summary>The value; null when nothing was chosen.</summary>
    public Task<string?> GetAsync(string conversation, string key, CancellationToken cancellation)
        => control.ReadAsync(c => c.Scalar("SELECT value FROM settings WHERE conversation = $1 AND key = $2", conversation, key) as string, cancellation);

    /// <summary>Chooses a value; null takes the choice back.</summary>
    public Task SetAsync(string conversation, string key, string? value, CancellationToken cancellation) => control.WriteAsync(c =>
    {
        if (value is null) c.Execute("DELETE FROM settings WHERE conversation = $1 AND key = $2", conversation, key);
        else c.Execute("INSERT INTO settings VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", conversation, key, value);
    }, cancellation);

    /// <summary>Everything that was chosen for a conversation.</summary>
    public Task<IReadOnlyDictionary<string, string>> AllAsync(string conversation, CancellationToken cancellation)
        => control.ReadAsync<IReadOnlyDictionary<string, string>>(c => c.Query(
            "SELECT key, value FROM settings WHERE conversation = $1", r => (r.GetString(0), r.GetString(1)), conversation)
            .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal), cancellation);
}
