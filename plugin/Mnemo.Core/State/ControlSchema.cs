using System.Security.Cryptography;
using System.Text;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>
/// The ordered versions of the control state. A version that was released is never edited: its checksum is recorded
/// when it is applied, and so is the shape that the whole schema had afterwards.
/// </summary>
internal static class ControlSchema
{
    private const string Journal = """
        CREATE TABLE IF NOT EXISTS schema_versions (
          version INTEGER PRIMARY KEY, checksum TEXT NOT NULL, shape TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
        """;

    /// <summary>Brings a file up to date, or refuses it before a byte of it was changed.</summary>
    /// <param name="connection">The one that writes.</param>
    /// <param name="versions">The statements of each version.</param>
    /// <param name="digests">Their <see cref="DigestsOf"/>.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="clock">The clock.</param>
    public static void Apply(PreparedConnection connection, IReadOnlyList<string> versions, IReadOnlyList<string> digests, string path, TimeProvider clock)
    {
        var applied = Read(connection, path);
        Check(connection, applied, digests, path);
        if (applied.Count == versions.Count) return;

        connection.Transact(() =>
        {
            connection.Execute(Journal);
            for (var version = applied.Count + 1; version <= versions.Count; version++)
            {
                var sql = versions[version - 1];
                connection.Execute(sql);
                connection.Execute("INSERT INTO schema_versions VALUES ($1, $2, $3, $4)",
                    version, digests[version - 1], Shape(connection), clock.GetUtcNow().ToUnixTimeMilliseconds());
            }
        });
    }

    /// <summary>The checksum of each version.</summary>
    public static IReadOnlyList<string> DigestsOf(IReadOnlyList<string> versions) => [.. versions.Select(Digest)];

    private static List<AppliedVersion> Read(PreparedConnection connection, string path)
    {
        if (connection.Number("SELECT count(*) FROM sqlite_master WHERE name = 'schema_versions'") == 1)
            return connection.Query("SELECT version, checksum, shape FROM schema_versions ORDER BY version", r => new AppliedVersion(r.GetInt64(0), r.GetString(1), r.GetString(2)));
        if (connection.Number("SELECT count(*) FROM sqlite_master") > 0)
            throw new ControlStoreException($"{path} is a database of another program. Nothing was changed; choose another data directory.");
        return [];
    }

    private static void Check(PreparedConnection connection, List<AppliedVersion> applied, IReadOnlyList<string> digests, string path)
    {
        if (applied.Count == 0) return;
        if (applied[^1].Version > digests.Count)
            throw new ControlStoreException($"{path} was written by a newer Mnemo (schema {applied[^1].Version}, this one knows {digests.Count}). Install that version again; nothing was changed.");
        for (var i = 0; i < applied.Count; i++)
        {
            if (applied[i].Version != i + 1 || applied[i].Checksum != digests[i])
                throw new ControlStoreException($"{path} has a schema that this version did not write (version {i + 1} differs). Restore it from a backup; nothing was changed.");
        }

        if (applied[^1].Shape != Shape(connection))
            throw new ControlStoreException($"The tables of {path} were altered by hand. Restore it from a backup; nothing was changed.");
    }

    private static string Shape(PreparedConnection connection) =>
        Digest(string.Join('\n', connection.Query(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name", r => r.GetString(0))));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record AppliedVersion(long Version, string Checksum, string Shape);
}
