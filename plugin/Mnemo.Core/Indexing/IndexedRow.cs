using Mnemo.Memories;

namespace Mnemo.Indexing;

/// <summary>A row of the text index while it is being scored.</summary>
internal sealed class IndexedRow
{
    public required long Doc { get; init; }

    public required long Id { get; init; }

    public required long Session { get; init; }

    public required long At { get; init; }

    public required bool IsAskers { get; init; }

    public bool IsNamed => NameTerms.Length > 0;

    public required bool Asks { get; init; }

    public required int Length { get; init; }

    /// <summary>The question's terms that its speaker's name holds.</summary>
    public required int[] NameTerms { get; init; }

    /// <summary>The question's terms that it holds: the term's number and how often.</summary>
    public required (int Term, int Times)[] Found { get; init; }

    /// <summary>Neighbouring terms of the question that are neighbours here too, by their numbers.</summary>
    public required (int First, int Second)[] Pairs { get; init; }

    /// <summary>The turn before in the same session, as far as it was read.</summary>
    public IndexedRow? Previous { get; set; }

    /// <summary>The turn after.</summary>
    public IndexedRow? Next { get; set; }

    public float Score { get; set; }

    public TextHit ToHit() => new(new MemoryId(Id), Score, [.. Found.Select(f => f.Term)], NameTerms,
        Previous is { Asks: true } question ? [.. question.Found.Select(f => f.Term)] : []);
}
