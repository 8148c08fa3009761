using System.Runtime.InteropServices;
using Mnemo.Text;
using SQLitePCL;

namespace Mnemo.Indexing;

/// <summary>
/// Makes a row of what the query answers: which of the question's terms, and pairs of terms, it holds. Thousands of rows
/// are read for one question, so it reads SQLite's own memory and keeps nothing of a row that says nothing.
/// </summary>
internal sealed class IndexedRowReader
{
    /// <summary>The columns that <see cref="Read"/> expects, of a table named r.</summary>
    public const string Columns = "r.doc, r.id, r.session, r.at, r.speaker, r.asks, r.length, r.who, r.terms, r.place";

    private const int WhoColumn = 7, TermsColumn = 8, PlaceColumn = 9;

    private readonly Dictionary<uint, int> _numbers = [];

    // Most words of a row are none of the question's, and a bit tells it for most of them.
    private readonly ulong _bits;
    private readonly HashSet<(int First, int Second)> _pairs = [];
    private readonly long _asker;

    // Of the row in hand: how often it holds each term, the terms in the order in which they came, and the pairs.
    private readonly int[] _times;
    private readonly int[] _met;
    private readonly List<(int First, int Second)> _metPairs = [];

    /// <param name="terms">The question's terms; a term's number is its place here.</param>
    /// <param name="tokens">The question's words in their order.</param>
    /// <param name="asker">The asker's key; 0 for nobody.</param>
    public IndexedRowReader(IReadOnlyList<QueryTerm> terms, IReadOnlyList<string> tokens, long asker)
    {
        _asker = asker;
        _times = new int[terms.Count];
        _met = new int[terms.Count];
        for (var i = 0; i < terms.Count; i++) _numbers.TryAdd(TextIndexKeys.Term(terms[i].Text), i);
        foreach (var hash in _numbers.Keys) _bits |= Bit(hash);
        var previous = -1;
        foreach (var term in tokens)
        {
            // Chinese has its pairs as terms already.
            var number = Tokens.IsIdeographic(term[0]) ? -1 : Number(TextIndexKeys.Term(term));
            if (previous >= 0 && number >= 0) _pairs.Add((previous, number));
            previous = number;
        }
    }

    /// <summary>The number of the row under the cursor.</summary>
    public static long Doc(sqlite3_stmt cursor) => raw.sqlite3_column_int64(cursor, 0);

    /// <summary>The place of the row under the cursor.</summary>
    public static long Place(sqlite3_stmt cursor) => raw.sqlite3_column_int64(cursor, PlaceColumn);

    /// <summary>The row under the cursor.</summary>
    public IndexedRow Read(sqlite3_stmt cursor)
    {
        var terms = MemoryMarshal.Cast<byte, uint>(raw.sqlite3_column_blob(cursor, TermsColumn));
        return new IndexedRow
        {
            Doc = raw.sqlite3_column_int64(cursor, 0),
            Id = raw.sqlite3_column_int64(cursor, 1),
            Session = raw.sqlite3_column_int64(cursor, 2),
            At = raw.sqlite3_column_int64(cursor, 3),
            IsAskers = _asker != 0 && raw.sqlite3_column_int64(cursor, 4) == _asker,
            Asks = raw.sqlite3_column_int64(cursor, 5) != 0,
            Length = raw.sqlite3_column_int(cursor, 6),
            NameTerms = Named(MemoryMarshal.Cast<byte, uint>(raw.sqlite3_column_blob(cursor, WhoColumn))),
            Found = Found(terms),
            Pairs = _pairs.Count == 0 ? [] : Pairs(terms),
        };
    }

    // The first element says whether one part of the name is enough (Latin names) or all are needed (Chinese names).
    private int[] Named(ReadOnlySpan<uint> who)
    {
        if (who.Length < 2) return [];
        var count = Count(who[1..]);
        if (count == 0) return [];
        var named = _met.AsSpan(0, count);
        foreach (var number in named) _times[number] = 0;
        return who[0] == TextIndexWriter.AllParts && count < who.Length - 1 ? [] : named.ToArray();
    }

    private (int Term, int Times)[] Found(ReadOnlySpan<uint> terms)
    {
        var count = Count(terms);
        if (count == 0) return [];
        var found = new (int Term, int Times)[count];
        for (var i = 0; i < count; i++)
        {
            var number = _met[i];
            found[i] = (number, _times[number]);
            _times[number] = 0;
        }

        return found;
    }

    // Whoever calls clears the counts of the terms that were met.
    private int Count(ReadOnlySpan<uint> terms)
    {
        var count = 0;
        foreach (var hash in terms)
        {
            if (Number(hash) is >= 0 and var number && _times[number]++ == 0) _met[count++] = number;
        }

        return count;
    }

    private int Number(uint hash) => (_bits & Bit(hash)) == 0 ? -1 : _numbers.GetValueOrDefault(hash, -1);

    private static ulong Bit(uint hash) => 1UL << (int)(hash & 63);

    private (int First, int Second)[] Pairs(ReadOnlySpan<uint> terms)
    {
        _metPairs.Clear();
        var previous = -1;
        foreach (var hash in terms)
        {
            var number = Number(hash);
            if (previous >= 0 && number >= 0 && _pairs.Contains((previous, number)) && !_metPairs.Contains((previous, number))) _metPairs.Add((previous, number));
            previous = number;
        }

        return _metPairs.Count == 0 ? [] : [.. _metPairs];
    }
}
