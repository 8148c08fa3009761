using Mnemo.Sqlite;
using Microsoft.Data.Sqlite;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.State;

/// <summary>
/// Says which store is the active one, and what is known of the others that belong to this data directory. What stands
/// here wins over the configuration, which only names the first.
/// </summary>
public sealed class StoreRouter(ControlStore control)
{
    // A row of the version before knows no place; it lies where the configuration says, which is filled in when it is opened.
    internal const string Table = """
        CREATE TABLE router (
          only_row INTEGER PRIMARY KEY CHECK (only_row = 1), backend TEXT NOT NULL, collection TEXT NOT NULL, since INTEGER NOT NULL) STRICT
        """;

    internal const string StoresTable = """
        CREATE TABLE stores (
          number INTEGER PRIMARY KEY, backend TEXT NOT NULL, location TEXT, collection TEXT NOT NULL, generation INTEGER NOT NULL,
          set_id TEXT NOT NULL, provider TEXT, model TEXT, dimension INTEGER, normalised INTEGER,
          state TEXT NOT NULL, since INTEGER NOT NULL, mark INTEGER NOT NULL, UNIQUE (backend, location, collection, generation)) STRICT;
        CREATE UNIQUE INDEX active_store ON stores (state) WHERE state = 'active';
        INSERT INTO stores (backend, collection, generation, set_id, state, since, mark) SELECT backend, collection, 1, '', 'active', since, 0 FROM router;
        DROP TABLE router;
        """;

    private const string Columns = "number, backend, location, collection, generation, set_id, provider, model, dimension, normalised, state, since, mark";

    /// <summary>The active store; null in a new data directory.</summary>
    public Task<StoreRoute?> GetAsync(CancellationToken cancellation) => control.ReadAsync(Active, cancellation);

    /// <summary>Every store that belongs to this data directory, the active one first.</summary>
    public async Task<IReadOnlyList<StoreRoute>> AllAsync(CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query($"SELECT {Columns} FROM stores ORDER BY state <> 'active', number", Read), cancellation);

    /// <summary>The epoch in force: 1 at first, one more with every cut-over.</summary>
    public Task<long> EpochAsync(CancellationToken cancellation) => control.ReadAsync(Epoch, cancellation);

    /// <summary>Writes a store down, or what has changed of it; it holds from the moment the task completes. Answers it with its number.</summary>
    public Task<StoreRoute> SaveAsync(StoreRoute route, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(route);
        return control.WriteAsync(c => Save(c, route, control.Now), cancellation);
    }

    /// <summary>Keeps the mark that was last read back from a store.</summary>
    public Task KeepMarkAsync(long number, long mark, CancellationToken cancellation)
        => control.WriteAsync(c => c.Execute("UPDATE stores SET mark = $2 WHERE number = $1", number, mark), cancellation);

    /// <summary>Forgets a store that is not there any more.</summary>
    public Task RemoveAsync(long number, CancellationToken cancellation)
        => control.WriteAsync(c => c.Execute("DELETE FROM stores WHERE number = $1 AND state <> 'active'", number), cancellation);

    internal static StoreRoute? Active(PreparedConnection c) => c.First($"SELECT {Columns} FROM stores WHERE state = 'active'", Read);

    internal static long Epoch(PreparedConnection c) => Math.Max(1, c.Number("SELECT value FROM facts WHERE name = $1", StateValues.WriteEpoch));

    internal static StoreRoute Save(PreparedConnection c, StoreRoute route, long now)
    {
        var since = route.Since == default ? now : route.Since.ToUnixTimeMilliseconds();
        object?[] values =
        [
            route.Address.Backend, route.IsPlaced ? route.Address.Location : null, route.Address.Collection, route.Generation, route.SetId,
            route.Embedding?.Provider, route.Embedding?.Model, route.Embedding?.Dimension, route.Embedding is { } e ? e.Normalised ? 1 : 0 : null,
            Name(route.State), since, route.Mark,
        ];
        var number = route.Number;
        if (number == 0)
        {
            number = c.Number("""
                INSERT INTO stores (backend, location, collection, generation, set_id, provider, model, dimension, normalised, state, since, mark)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                ON CONFLICT (backend, location, collection, generation) DO UPDATE SET set_id = excluded.set_id, provider = excluded.provider, model = excluded.model,
                  dimension = excluded.dimension, normalised = excluded.normalised, state = excluded.state, since = excluded.since, mark = excluded.mark
                RETURNING number
                """, values);
        }
        else
        {
            c.Execute("""
                UPDATE stores SET backend = $1, location = $2, collection = $3, generation = $4, set_id = $5, provider = $6, model = $7, dimension = $8,
                  normalised = $9, state = $10, since = $11, mark = $12 WHERE number = $13
                """, [.. values, number]);
        }

        return route with { Number = number, Since = DateTimeOffset.FromUnixTimeMilliseconds(since) };
    }

    private static string Name(StoreState state) => state.ToString().ToLowerInvariant();

    private static StoreRoute Read(SqliteDataReader r) => new(
        new StoreAddress(r.GetString(1), r.IsDBNull(2) ? "" : r.GetString(2), r.GetString(3)), r.GetInt32(4), r.GetString(5),
        r.IsDBNull(6) ? null : new EmbeddingFingerprint(r.GetString(6), r.GetString(7), r.GetInt32(8), r.GetInt64(9) != 0))
    {
        Number = r.GetInt64(0),
        IsPlaced = !r.IsDBNull(2),
        State = Enum.Parse<StoreState>(r.GetString(10), ignoreCase: true),
        Since = DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(11)),
        Mark = r.GetInt64(12),
    };
}

/// <summary>A store that belongs to a data directory.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Generation">Which generation of the address.</param>
/// <param name="SetId">The set of memories that it holds; empty until it was first opened by a version that knows sets.</param>
/// <param name="Embedding">What made its vectors; null until it was first opened by a version that keeps that.</param>
public sealed record StoreRoute(StoreAddress Address, int Generation, string SetId, EmbeddingFingerprint? Embedding)
{
    /// <summary>Its key; 0 for one that is not written down yet.</summary>
    public long Number { get; init; }

    /// <summary>False for one of a version that kept no place: it lies where the configuration says.</summary>
    public bool IsPlaced { get; init; } = true;

    /// <summary>What it is for.</summary>
    public StoreState State { get; init; } = StoreState.Active;

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The mark that was last read back from it; −1 while it is being given its set id.</summary>
    public long Mark { get; init; }

    /// <summary>The same as a set of its own: whatever the store says of itself, the next start gives it this id.</summary>
    public StoreRoute BeingStamped(string setId) => this with { SetId = setId, Mark = -1 };
}

/// <summary>What a store of a data directory is for.</summary>
public enum StoreState
{
    /// <summary>It is read and written.</summary>
    Active,

    /// <summary>It was the active one, and can be again.</summary>
    Retained,

    /// <summary>Something is being copied into it.</summary>
    Unfinished,
}
