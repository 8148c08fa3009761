using Mnemo.Memories;

namespace Mnemo.Indexing;

/// <summary>A question to the text index.</summary>
/// <param name="Scope">Who asks and where: only what this scope may see is searched.</param>
/// <param name="Asker">The asker; null when nobody in particular asks.</param>
/// <param name="Text">The question.</param>
/// <param name="Before">Only what was said before; null for no limit.</param>
public sealed record TextQuery(MemoryScope Scope, Speaker? Asker, string Text, DateTimeOffset? Before = null);

/// <summary>What the text index found.</summary>
/// <param name="Hits">Best first.</param>
/// <param name="Terms">The question's terms and how rare each is.</param>
/// <param name="AskerWeight">What having been said by the asker counts for this question; the best words count 1.</param>
public sealed record TextResult(IReadOnlyList<TextHit> Hits, IReadOnlyList<QueryTerm> Terms, float AskerWeight)
{
    /// <summary>Nothing asked, nothing found.</summary>
    public static TextResult Empty { get; } = new([], [], 0);
}

/// <summary>One row found.</summary>
/// <param name="Id">The memory, to be read from the store.</param>
/// <param name="Score">The score of its words and its neighbours' words; comparable within one result only.</param>
/// <param name="Held">Which of the question's terms it holds: their numbers in <see cref="TextResult.Terms"/>.</param>
/// <param name="HeldByName">Which of them its speaker's name holds.</param>
/// <param name="HeldByQuestion">Which of them the turn before holds, if that was a question which this one may answer.</param>
public sealed record TextHit(MemoryId Id, float Score, IReadOnlyList<int> Held, IReadOnlyList<int> HeldByName, IReadOnlyList<int> HeldByQuestion)
{
    /// <summary>Whether the question names its speaker.</summary>
    public bool IsNamed => HeldByName.Count > 0;
}

/// <summary>One term of a question.</summary>
/// <param name="Text">The term as <see cref="Text.Tokens"/> makes it.</param>
/// <param name="Weight">Its inverse document frequency: rare terms weigh more, unknown ones most.</param>
/// <param name="Rows">In how many rows it stands, of all conversations; may lag a little.</param>
/// <param name="Share">How much it says about what is asked: 0 nothing, 1 as much as any word, 2 a name.</param>
public sealed record QueryTerm(string Text, float Weight, long Rows, float Share);
