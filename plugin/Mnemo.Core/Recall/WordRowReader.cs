using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Mnemo.Embedding;

namespace Mnemo.Recall;

/// <summary>Makes a row of what the query answers: which of the question's terms, and pairs of terms, it holds.</summary>
internal sealed class WordRowReader
{
    /// <summary>The columns that <see cref="Read"/> expects, of a table named r.</summary>
    public const string Columns = "r.doc, r.id, r.session, r.at, r.speaker, r.asks, r.length, r.who, r.terms, r.place";

    /// <summary>The place of <c>r.place</c> among them.</summary>
    public const int PlaceColumn = 9;

    private readonly Dictionary<uint, int> _numbers = [];
    private readonly HashSet<(int First, int Second)> _pairs = [];
    private readonly long _asker;

    /// <param name="terms">The question's terms; a term's number is its place here.</param>
    /// <param name="text">The question, for the order of its words.</param>
    /// <param name="asker">The asker's key; 0 for nobody.</param>
    public WordRowReader(IReadOnlyList<WordTerm> terms, string text, long asker)
    {
        _asker = asker;
        for (var i = 0; i < terms.Count; i++) _numbers.TryAdd(WordKeys.Term(terms[i].Text), i);
        var previous = -1;
        foreach (var term in Tokens.Of(text))
        {
            // Chinese has its pairs as terms already.
            var number = Tokens.IsIdeographic(term[0]) ? -1 : _numbers.GetValueOrDefault(WordKeys.Term(term), -1);
            if (previous >= 0 && number >= 0) _pairs.Add((previous, number));
            previous = number;
        }
    }

    /// <summary>The row under the cursor.</summary>
    public WordRow Read(SqliteDataReader row)
    {
        var terms = MemoryMarshal.Cast<byte, uint>((byte[])row.GetValue(8));
        return new WordRow
        {
            Doc = row.GetInt64(0),
            Id = row.GetInt64(1),
            Session = row.GetInt64(2),
            At = row.GetInt64(3),
            IsAskers = _asker != 0 && row.GetInt64(4) == _asker,
            Asks = row.GetInt64(5) != 0,
            Length = row.GetInt32(6),
            Who = Named(MemoryMarshal.Cast<byte, uint>((byte[])row.GetValue(7))),
            Found = Count(terms),
            Pairs = _pairs.Count == 0 ? [] : Pairs(terms),
        };
    }

    // The first element says whether one part of the name is enough (Latin names) or all are needed (Chinese names).
    private int[] Named(ReadOnlySpan<uint> who)
    {
        if (who.Length < 2) return [];
        var found = Count(who[1..]);
        return who[0] == WordWriter.AllParts && found.Length < who.Length - 1 ? [] : [.. found.Select(f => f.Term)];
    }

    private (int Term, int Times)[] Count(ReadOnlySpan<uint> terms)
    {
        List<(int Term, int Times)>? found = null;
        foreach (var hash in terms)
        {
            if (!_numbers.TryGetValue(hash, out var number)) continue;
            found ??= [];
            var at = found.FindIndex(f => f.Term == number);
            if (at < 0) found.Add((number, 1));
            else found[at] = (number, found[at].Times + 1);
        }

        return found is null ? [] : [.. found];
    }

    private (int First, int Second)[] Pairs(ReadOnlySpan<uint> terms)
    {
        List<(int First, int Second)>? found = null;
        var previous = -1;
        foreach (var hash in terms)
        {
            var number = _numbers.GetValueOrDefault(hash, -1);
            if (previous >= 0 && number >= 0 && _pairs.Contains((previous, number)) && found?.Contains((previous, number)) != true) (found ??= []).Add((previous, number));
            previous = number;
        }

        return found is null ? [] : [.. found];
    }
}
