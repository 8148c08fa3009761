using System.Numerics;

namespace Mnemo.Backends.Rows;

/// <summary>Ascending ordinals of the rows that have something in common.</summary>
internal sealed class Posting
{
    private int[] _items = new int[4];
    private int _count;

    public int Count => _count;

    public ReadOnlySpan<int> Items => _items.AsSpan(0, _count);

    public void Add(int ordinal)
    {
        if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
        _items[_count++] = ordinal;
    }

    /// <summary>Writes all ordinals of several postings, ascending, each once, and returns how many.</summary>
    public static int Union(IReadOnlyList<Posting> postings, Span<int> all)
    {
        var last = postings.Select(p => p.Count == 0 ? -1 : p._items[p._count - 1]).DefaultIfEmpty(-1).Max();
        var seen = new ulong[(last / 64) + 1];
        foreach (var posting in postings)
        {
            foreach (var ordinal in posting.Items) seen[ordinal >> 6] |= 1UL << (ordinal & 63);
        }

        var at = 0;
        for (var word = 0; word < seen.Length; word++)
        {
            for (var bits = seen[word]; bits != 0; bits &= bits - 1) all[at++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
        }

        return at;
    }
}
