namespace Mnemo.State;

/// <summary>Says which store is the active one. What stands here wins over the configuration, which only names the first.</summary>
public sealed class StoreRouter(ControlStore control)
{
    internal const string Table = """
        CREATE TABLE router (
          only_row INTEGER PRIMARY KEY CHECK (only_row = 1), backend TEXT NOT NULL, collection TEXT NOT NULL, since INTEGER NOT NULL) STRICT
        """;

    /// <summary>The active store; null in a new data directory.</summary>
    public Task<StoreRoute?> GetAsync(CancellationToken cancellation) => control.ReadAsync(c => c.First(
        "SELECT backend, collection, since FROM router",
        r => new StoreRoute(r.GetString(0), r.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(2)))), cancellation);

    /// <summary>Makes another store the active one, from the moment the task completes.</summary>
    public Task<StoreRoute> SetAsync(string backend, string collection, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(backend);
        ArgumentException.ThrowIfNullOrEmpty(collection);
        return control.WriteAsync(c =>
        {
            c.Execute("INSERT INTO router VALUES (1, $1, $2, $3) ON CONFLICT DO UPDATE SET backend = excluded.backend, collection = excluded.collection, since = excluded.since",
                backend, collection, control.Now);
            return new StoreRoute(backend, collection, DateTimeOffset.FromUnixTimeMilliseconds(control.Now));
        }, cancellation);
    }
}

/// <summary>A store that is, or was, the active one.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Collection">The collection.</param>
/// <param name="Since">Since when it is the active one.</param>
public sealed record StoreRoute(string Backend, string Collection, DateTimeOffset Since);
