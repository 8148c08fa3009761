namespace Mnemo.Vectors;

/// <summary>The best rows seen so far. Equal scores are ordered by ascending id. Not thread-safe.</summary>
public sealed class Nearest
{
    private readonly Entry[] _heap;

    /// <summary>Makes room for the best rows.</summary>
    /// <param name="top">How many to keep, at least 1.</param>
    /// <param name="floor">A row with a lower score is not kept.</param>
    public Nearest(int top, float floor = float.NegativeInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        _heap = new Entry[top];
        Floor = floor;
    }

    /// <summary>How many are kept at most.</summary>
    public int Top => _heap.Length;

    /// <summary>How many are kept now.</summary>
    public int Count { get; private set; }

    /// <summary>A score below this one cannot get in any more.</summary>
    public float Floor { get; private set; }

    /// <summary>Shows a row. A score that is not a number counts as the worst there is.</summary>
    /// <param name="score">Higher is nearer.</param>
    /// <param name="id">Breaks ties: the smaller one wins.</param>
    /// <param name="ordinal">Given back with the result.</param>
    public void Offer(float score, long id, int ordinal)
    {
        var entry = new Entry(float.IsNaN(score) ? float.NegativeInfinity : score, id, ordinal);
        if (entry.Score < Floor) return;
        if (Count < _heap.Length)
        {
            _heap[Count++] = entry;
            Rise(Count - 1);
        }
        else if (entry.IsBetterThan(_heap[0]))
        {
            _heap[0] = entry;
            Sink(0);
        }

        if (Count == _heap.Length) Floor = _heap[0].Score;
    }

    /// <summary>The rows, nearest first.</summary>
    public IReadOnlyList<NearRow> Ordered()
    {
        var sorted = _heap[..Count];
        Array.Sort(sorted, static (a, b) => a.IsBetterThan(b) ? -1 : b.IsBetterThan(a) ? 1 : 0);
        return Array.ConvertAll(sorted, static e => new NearRow(e.Ordinal, e.Id, e.Score));
    }

    private void Rise(int at)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!_heap[parent].IsBetterThan(_heap[at])) return;
            (_heap[parent], _heap[at]) = (_heap[at], _heap[parent]);
            at = parent;
        }
    }

    private void Sink(int at)
    {
        while (true)
        {
            var worst = at;
            for (var child = (2 * at) + 1; child <= (2 * at) + 2 && child < Count; child++)
            {
                if (_heap[worst].IsBetterThan(_heap[child])) worst = child;
            }

            if (worst == at) return;
            (_heap[worst], _heap[at]) = (_heap[at], _heap[worst]);
            at = worst;
        }
    }

    private readonly record struct Entry(float Score, long Id, int Ordinal)
    {
        public bool IsBetterThan(Entry other) => Score > other.Score || (Score == other.Score && Id < other.Id);
    }
}

/// <summary>A row that was found.</summary>
/// <param name="Ordinal">Which row.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">Higher is nearer; see <see cref="VectorMetric"/>.</param>
public readonly record struct NearRow(int Ordinal, long Id, float Score);
