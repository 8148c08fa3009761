using Mnemo.Memories;

namespace Mnemo.Recall;

/// <summary>A question to the word index.</summary>
/// <param name="Scope">Who asks and where: only what this scope may see is searched.</param>
/// <param name="Asker">The asker; null when nobody in particular asks.</param>
/// <param name="Text">The question.</param>
/// <param name="Before">Only what was said before; null for no limit.</param>
public sealed record WordQuery(MemoryScope Scope, Speaker? Asker, string Text, DateTimeOffset? Before = null);

/// <summary>What the words found.</summary>
/// <param name="Hits">Best first.</param>
/// <param name="Terms">The question's terms and how rare each is.</param>
public sealed record WordResult(IReadOnlyList<WordHit> Hits, IReadOnlyList<WordTerm> Terms)
{
    /// <summary>Nothing asked, nothing found.</summary>
    public static WordResult Empty { get; } = new([], []);
}

/// <summary>One row found.</summary>
/// <param name="Id">The memory, to be read from the store.</param>
/// <param name="Words">The score of its words and its neighbours' words; comparable within one result only.</param>
/// <param name="IsAskers">Whether the asker said it.</param>
/// <param name="IsNamed">Whether the question names its speaker.</param>
public readonly record struct WordHit(MemoryId Id, float Words, bool IsAskers, bool IsNamed);

/// <summary>One term of a question.</summary>
/// <param name="Text">The term as <see cref="Embedding.Tokens"/> makes it.</param>
/// <param name="Weight">Its inverse document frequency: rare terms weigh more, unknown ones most.</param>
/// <param name="Rows">In how many rows it stands, of all conversations; may lag a little.</param>
public sealed record WordTerm(string Text, float Weight, long Rows);
