using Mnemo.Memories;

namespace Mnemo.Recall;

/// <summary>A question to the memory.</summary>
/// <param name="Scope">Who asks and where.</param>
/// <param name="Asker">The asker, for "my …" and for names; null when nobody in particular asks.</param>
/// <param name="Text">The question or the message to find memories for.</param>
public sealed record RecallQuery(MemoryScope Scope, Speaker? Asker, string Text)
{
    /// <summary>How many memories at most.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Only what was said before; null for no limit.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>When it is asked, for recency; null takes the clock.</summary>
    public DateTimeOffset? AskedAt { get; init; }
}

/// <summary>What was found, best first, and why.</summary>
/// <param name="Hits">The memories.</param>
/// <param name="Confidence">0 to 1: how well the best hit covers the question; below the floor the bot says that it does not know.</param>
public sealed record RecallResult(IReadOnlyList<RecallHit> Hits, float Confidence)
{
    /// <summary>Nothing found.</summary>
    public static RecallResult Empty { get; } = new([], 0);

    /// <summary>Whether the store did not answer, so that what is missing here may be there all the same.</summary>
    public bool IsStoreAway { get; init; }

    /// <summary>When it was asked; ages are counted from here.</summary>
    public DateTimeOffset AskedAt { get; init; }
}

/// <summary>One memory found, with the parts of its score, for <c>why</c>.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Score">The sum that it is ranked by.</param>
/// <param name="Text">The share of the text index.</param>
/// <param name="Similarity">The cosine of the vectors.</param>
/// <param name="Asker">The share for having been said by the asker.</param>
/// <param name="Named">The share for a speaker named in the question.</param>
/// <param name="Recency">The share of recency.</param>
/// <param name="Coverage">0 to 1: the part of the question's informative words that this memory holds.</param>
public sealed record RecallHit(Memory Memory, float Score, float Text, float Similarity, float Asker, float Named, float Recency, float Coverage);
