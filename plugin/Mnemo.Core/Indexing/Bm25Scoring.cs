namespace Mnemo.Indexing;

/// <summary>
/// BM25 over a turn and, with less weight, its neighbours: what a turn is about often stands in the question before it.
/// The neighbours' words add to the frequency before it saturates, so a word that stands in both is not paid twice.
/// </summary>
internal sealed class Bm25Scoring
{
    private readonly TextSearchOptions _options;
    private readonly float[] _weights;
    private readonly float[] _frequency;
    private readonly float _meanLength;

    public Bm25Scoring(TextSearchOptions options, float[] weights, IReadOnlyCollection<IndexedRow> rows)
    {
        _options = options;
        _weights = weights;
        _frequency = new float[weights.Length];
        _meanLength = rows.Count == 0 ? 1 : Math.Max(1, (float)rows.Average(r => r.Length));
    }

    /// <summary>The score of the turn's own words.</summary>
    public float Own(IndexedRow row)
    {
        Add(row, 1);
        return Take(row) + Pairs(row);
    }

    /// <summary>The score with the neighbours.</summary>
    public float WithNeighbours(IndexedRow row)
    {
        var near = _options.NearWeight * Math.Min(1, _options.ShortTurn / (float)Math.Max(1, row.Length));
        var far = near * _options.FarShare;
        Add(row, 1);
        Add(row.Previous, near);
        Add(row.Next, near);
        Add(row.Previous?.Previous, far);
        Add(row.Next?.Next, far);
        return Take(row) + Take(row.Previous) + Take(row.Next) + Take(row.Previous?.Previous) + Take(row.Next?.Next) + Pairs(row);
    }

    private float Pairs(IndexedRow row)
    {
        float score = 0;
        foreach (var (first, second) in row.Pairs) score += Math.Min(_weights[first], _weights[second]);
        return score * _options.PairWeight;
    }

    private void Add(IndexedRow? row, float weight)
    {
        if (row is null) return;
        var share = weight / (1 - _options.LengthShare + _options.LengthShare * row.Length / _meanLength);
        foreach (var (term, times) in row.Found) _frequency[term] += share * times;
    }

    // Each term is paid once and its place cleared for the next row.
    private float Take(IndexedRow? row)
    {
        if (row is null) return 0;
        float score = 0;
        foreach (var (term, _) in row.Found)
        {
            var frequency = _frequency[term];
            if (frequency <= 0) continue;
            score += _weights[term] * frequency * (_options.Saturation + 1) / (frequency + _options.Saturation);
            _frequency[term] = 0;
        }

        return score;
    }
}
