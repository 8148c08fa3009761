using Mnemo.Sqlite;
using Mnemo.Text;

namespace Mnemo.Indexing;

/// <summary>
/// One question to the text index. FTS5 says which rows hold the words, within what the scope may see; the rows are
/// scored here, because FTS5's own bm25 reads every posting of every word in all conversations to learn how rare it is.
/// </summary>
internal sealed class TextSearch(PreparedConnection reader, TermFrequencies frequencies, TextSearchOptions options, long indexSize)
{
    private const int MostTerms = 400;
    private const int CommonTerms = 6;
    private const double WideShare = 0.3;

    private IndexedRowReader _rows = null!;
    private float _askerWeight;

    public TextResult Find(TextQuery query, IReadOnlyList<string> personas)
    {
        var tokens = Tokens.Of(query.Text);
        var terms = Weigh(query.Text, tokens);
        if (terms.Count == 0) return TextResult.Empty;
        if (personas.Count == 0) return new TextResult([], terms, options.AskerWeight);
        _rows = new IndexedRowReader(terms, tokens, query.Asker is { } asker ? TextIndexKeys.Speaker(query.Scope.Platform, asker.Id) : 0);

        var rows = ReadMatching(query, personas, terms);
        if (rows.Count == 0) return new TextResult([], terms, options.AskerWeight);
        var namesOther = rows.Values.Any(r => r.IsNamed && !r.IsAskers) && !QuestionFocus.IsAboutAsker(query.Text);
        _askerWeight = options.AskerWeight * (namesOther ? options.AskerShareWhenOtherNamed : 1);
        var scoring = new Bm25Scoring(options, Weights(terms), rows.Values);
        foreach (var row in rows.Values) row.Score = scoring.Own(row);
        var pool = WithNeighbours(Best(rows.Values, options.Seeds), rows, query.Before);
        foreach (var row in pool) row.Score = scoring.WithNeighbours(row);
        var hits = Best(pool, options.Candidates).Where(r => r.Score > 0).Select(r => r.ToHit());
        return new TextResult([.. hits], terms, _askerWeight);
    }

    private List<QueryTerm> Weigh(string text, List<string> tokens)
    {
        List<QueryTerm> terms = [];
        var share = QuestionFocus.Shares(text);
        foreach (var term in tokens.Distinct(StringComparer.Ordinal))
        {
            var rows = frequencies.Of(reader, term, indexSize);
            var size = Math.Max(indexSize, rows);
            terms.Add(new QueryTerm(term, MathF.Log(1 + (size - rows + 0.5f) / (rows + 0.5f)), rows, share(term)));
        }

        terms.Sort((a, b) => a.Rows.CompareTo(b.Rows));
        if (terms.Count > MostTerms) terms.RemoveRange(MostTerms, terms.Count - MostTerms);
        return terms;
    }

    // Chinese has no blanks to leave its stop words out by, so they come in and count little.
    private float[] Weights(List<QueryTerm> terms) =>
        [.. terms.Select(t => t.Weight * (Tokens.IsIdeographic(t.Text[0]) ? Math.Clamp(t.Share, options.FunctionShare, 1) : 1))];

    private Dictionary<long, IndexedRow> ReadMatching(TextQuery query, IReadOnlyList<string> personas, List<QueryTerm> terms)
    {
        Dictionary<long, IndexedRow> rows = [];
        var scope = new ScopeTokens(query.Scope, personas);
        var share = indexSize == 0 ? 1 : Math.Min(1, scope.PlaceTokens.Sum(t => frequencies.Of(reader, t, indexSize)) / (double)indexSize);

        // Where most rows may be seen, checking each row read is cheaper than reading the posting list of the place.
        var isWide = share > WideShare;
        var rare = WithinBudget(terms, share);
        var within = isWide ? "" : $"{scope.Match} AND ";
        var check = isWide ? scope : null;
        var read = Read(rows, $"{within}({AnyOf(terms.Take(rare))})", query.Before, share * terms.Take(rare).Sum(t => t.Rows), check);
        var hasAll = !isWide && rare == terms.Count && read < options.RowsBudget;
        if (rare < terms.Count)
        {
            var common = terms.Skip(Math.Max(0, rare - 1)).Take(CommonTerms).ToList();
            Read(rows, $"{within}({AnyTwoOf(common)})", query.Before, share * common.Sum(t => t.Rows), check);
        }

        if (isWide && !query.Scope.IsDirect) ReadSaidBy(query.Scope.Subject);
        if (query.Asker is { } asker && !hasAll && !(isWide && asker.Id == query.Scope.Subject)) ReadSaidBy(asker.Id);
        return rows;

        void ReadSaidBy(string speakerId) => Read(rows, $"{scope.MatchSaidBy(speakerId)} AND ({AnyOf(terms)})", query.Before, share * terms.Sum(t => t.Rows));
    }

    /// <summary>How many of the rarest terms may be looked up one by one before too many rows or postings would be read.</summary>
    private int WithinBudget(List<QueryTerm> terms, double share)
    {
        long postings = 0;
        var count = 0;
        while (count < terms.Count)
        {
            postings += terms[count].Rows;
            if (count > 0 && (postings > options.PostingsBudget || postings * share > options.RowsBudget)) break;
            count++;
        }

        return count;
    }

    // Only where more rows than may be read can be expected do the newest come first: backwards, FTS5 cannot skip.
    private int Read(Dictionary<long, IndexedRow> rows, string match, DateTimeOffset? before, double expected, ScopeTokens? check = null)
    {
        var order = expected > options.RowsBudget ? "DESC" : "ASC";
        using var command = reader.Connection.CreateCommand();
        command.CommandText = $"SELECT {IndexedRowReader.Columns} FROM words w JOIN rows r ON r.doc = w.rowid WHERE words MATCH $match"
            + (before is null ? "" : " AND r.at < $before") + $" ORDER BY w.rowid {order} LIMIT $most";
        command.Parameters.AddWithValue("$match", match);
        command.Parameters.AddWithValue("$most", options.RowsBudget);
        if (before is { } limit) command.Parameters.AddWithValue("$before", limit.ToUnixTimeMilliseconds());
        using var row = command.ExecuteReader();
        var read = 0;
        while (row.Read())
        {
            read++;
            var cursor = row.Handle!;
            var doc = IndexedRowReader.Doc(cursor);
            if (!rows.ContainsKey(doc) && (check is null || check.HoldsPlace(IndexedRowReader.Place(cursor)))) rows.Add(doc, _rows.Read(cursor));
        }

        return read;
    }

    private List<IndexedRow> WithNeighbours(List<IndexedRow> seeds, Dictionary<long, IndexedRow> known, DateTimeOffset? before)
    {
        Dictionary<long, IndexedRow> pool = seeds.ToDictionary(r => r.Doc);
        using var sessions = new SessionNeighbours(reader.Connection, _rows, known, before?.ToUnixTimeMilliseconds() ?? long.MaxValue);
        foreach (var seed in seeds)
        {
            if (seed.Session == 0) continue;
            foreach (var neighbour in sessions.Around(seed)) pool.TryAdd(neighbour.Doc, neighbour);
        }

        return [.. pool.Values];
    }

    private List<IndexedRow> Best(IReadOnlyCollection<IndexedRow> rows, int most)
    {
        var best = rows.Count == 0 ? 1 : Math.Max(1e-6f, rows.Max(r => r.Score));
        return [.. rows.OrderByDescending(r => r.Score / best + (r.IsAskers ? _askerWeight : 0) + (r.IsNamed ? options.NamedWeight : 0)).ThenBy(r => r.Id).Take(most)];
    }

    private static string AnyOf(IEnumerable<QueryTerm> terms) => string.Join(" OR ", terms.Select(t => Quoted(t.Text)));

    private static string AnyTwoOf(List<QueryTerm> terms) => string.Join(" OR ",
        from i in Enumerable.Range(0, terms.Count) from j in Enumerable.Range(i + 1, terms.Count - i - 1) select $"({Quoted(terms[i].Text)} AND {Quoted(terms[j].Text)})");

    private static string Quoted(string token) => $"\"{token}\"";
}
