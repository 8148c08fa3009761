using System.Collections.Concurrent;
using Mnemo.Sqlite;

namespace Mnemo.Indexing;

/// <summary>
/// In how many rows a term stands. Counting reads the term's whole posting list, so the answer is kept until the index
/// has grown or shrunk by a twentieth. It orders and weighs terms, it never leaves one out.
/// </summary>
internal sealed class TermFrequencies
{
    private const int MostKept = 50_000;

    private readonly ConcurrentDictionary<string, (long Rows, long IndexSize)> _kept = new(StringComparer.Ordinal);

    public void Clear() => _kept.Clear();

    public long Of(PreparedConnection reader, string term, long indexSize)
    {
        if (_kept.TryGetValue(term, out var known) && Math.Abs(indexSize - known.IndexSize) <= known.IndexSize / 20) return known.Rows;
        var rows = reader.Number("SELECT doc FROM vocabulary WHERE term = $1", term);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[term] = (rows, indexSize);
        return rows;
    }
}
