namespace Mnemo.Backends.Faiss;

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

    /// <summary>All ordinals of several postings, ascending, each once.</summary>
    public static int[] Union(IReadOnlyList<Posting> postings)
    {
        var all = new int[postings.Sum(p => p.Count)];
        var at = 0;
        foreach (var posting in postings)
        {
            posting.Items.CopyTo(all.AsSpan(at));
            at += posting.Count;
        }

        if (postings.Count < 2) return all;
        Array.Sort(all);
        var kept = 0;
        for (var i = 0; i < all.Length; i++)
        {
            if (kept == 0 || all[kept - 1] != all[i]) all[kept++] = all[i];
        }

        return kept == all.Length ? all : all[..kept];
    }
}
