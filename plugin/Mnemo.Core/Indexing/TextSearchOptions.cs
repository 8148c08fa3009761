namespace Mnemo.Indexing;

/// <summary>How the text index searches and scores. The defaults are one configuration for every language and kind of chat.</summary>
public sealed record TextSearchOptions
{
    /// <summary>How many postings one question may read; the rarest words come first.</summary>
    public int PostingsBudget { get; init; } = 80_000;

    /// <summary>How many rows one question may score.</summary>
    public int RowsBudget { get; init; } = 3_000;

    /// <summary>How many of the best rows are seen together with their neighbours.</summary>
    public int Seeds { get; init; } = 32;

    /// <summary>How many candidates a search hands on.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>BM25: how soon repeating a word stops helping.</summary>
    public float Saturation { get; init; } = 1.2f;

    /// <summary>BM25: how much a long text is held back.</summary>
    public float LengthShare { get; init; } = 0.7f;

    /// <summary>What two neighbouring words of the question count extra where they are neighbours too, against the commoner of the two.</summary>
    public float PairWeight { get; init; } = 0.8f;

    /// <summary>What a Chinese function word counts, against any other.</summary>
    public float FunctionShare { get; init; } = 0.1f;

    /// <summary>What a word in the turn before or after counts, against one in the turn itself.</summary>
    public float NearWeight { get; init; } = 0.3f;

    /// <summary>What a word two turns away counts, against one in the turn before or after.</summary>
    public float FarShare { get; init; } = 0.5f;

    /// <summary>Turns of this many words or fewer need their neighbours to be understood; longer ones need them less.</summary>
    public int ShortTurn { get; init; } = 60;

    /// <summary>The share for having been said by the asker; the best words count 1.</summary>
    public float AskerWeight { get; init; } = 1.5f;

    /// <summary>What is left of that when the question names somebody else and says neither "I" nor "my".</summary>
    public float AskerShareWhenOtherNamed { get; init; } = 0.1f;

    /// <summary>The share for a speaker whom the question names.</summary>
    public float NamedWeight { get; init; } = 0.35f;
}
