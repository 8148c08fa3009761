using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mnemo.Indexing;

/// <summary>
/// Reads the turns around a row in its session. It asks for two rows dozens of times over, so it speaks to SQLite
/// itself: a command takes longer than the rows.
/// </summary>
internal sealed class SessionNeighbours : IDisposable
{
    private const int TurnsAway = 2;

    private readonly sqlite3 _database;
    private readonly IndexedRowReader _rows;
    private readonly Dictionary<long, IndexedRow> _known;
    private readonly long _before;
    private readonly sqlite3_stmt _earlier;
    private readonly sqlite3_stmt _later;

    /// <param name="reader">Where the rows are.</param>
    /// <param name="rows">Makes them.</param>
    /// <param name="known">Rows that were read before, by their number; takes those that are read here.</param>
    /// <param name="before">Turns of this moment or later are left out; Unix milliseconds.</param>
    public SessionNeighbours(SqliteConnection reader, IndexedRowReader rows, Dictionary<long, IndexedRow> known, long before)
    {
        (_database, _rows, _known, _before) = (reader.Handle!, rows, known, before);
        _earlier = Prepare("<", "DESC");
        _later = Prepare(">", "ASC");
    }

    /// <summary>The two turns before and the two after, as far as there are any; links them and the row with each other.</summary>
    public IEnumerable<IndexedRow> Around(IndexedRow row)
    {
        List<IndexedRow> window = [.. Read(_earlier, row), row, .. Read(_later, row)];
        window.Sort((a, b) => (a.At, a.Doc).CompareTo((b.At, b.Doc)));
        for (var i = 1; i < window.Count; i++)
        {
            window[i].Previous = window[i - 1];
            window[i - 1].Next = window[i];
        }

        return window.Where(r => r != row);
    }

    public void Dispose()
    {
        _earlier.Dispose();
        _later.Dispose();
    }

    private sqlite3_stmt Prepare(string side, string order)
    {
        var sql = $"SELECT {IndexedRowReader.Columns} FROM rows r WHERE r.session = ?1 AND (r.at, r.doc) {side} (?2, ?3) ORDER BY r.at {order}, r.doc {order} LIMIT {TurnsAway}";
        Check(raw.sqlite3_prepare_v2(_database, sql, out var statement));
        return statement;
    }

    private List<IndexedRow> Read(sqlite3_stmt statement, IndexedRow row)
    {
        Check(raw.sqlite3_bind_int64(statement, 1, row.Session));
        Check(raw.sqlite3_bind_int64(statement, 2, row.At));
        Check(raw.sqlite3_bind_int64(statement, 3, row.Doc));
        List<IndexedRow> found = [];
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            var doc = IndexedRowReader.Doc(statement);
            if (!_known.TryGetValue(doc, out var neighbour)) _known.Add(doc, neighbour = _rows.Read(statement));
            if (neighbour.At < _before) found.Add(neighbour);
        }

        // An error is told again when the statement is reset.
        Check(raw.sqlite3_reset(statement));
        return found;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
