namespace Mnemo.Recall;

/// <summary>How recall weighs what it finds. The defaults are one configuration for every language and kind of chat.</summary>
public sealed record RecallOptions
{
    /// <summary>A memory found by its vector alone must be at least this near.</summary>
    public float SimilarityFloor { get; init; } = 0.15f;

    /// <summary>Below this confidence there is no answer.</summary>
    public float ConfidenceFloor { get; init; } = 0.5f;

    /// <summary>A memory reaches a prompt when it holds this part of the question …</summary>
    public float PromptCoverageFloor { get; init; } = 0.2f;

    /// <summary>… or its vector is this near.</summary>
    public float PromptSimilarityFloor { get; init; } = 0.35f;

    /// <summary>How many tokens the recalled block may take.</summary>
    public int TokenBudget { get; init; } = 800;

    /// <summary>How many postings one question may read; the rarest words come first.</summary>
    public int PostingsBudget { get; init; } = 80_000;

    /// <summary>How many rows one question may score.</summary>
    public int RowsBudget { get; init; } = 3_000;

    /// <summary>How many of the best rows are seen together with their neighbours.</summary>
    public int Seeds { get; init; } = 32;

    /// <summary>How many candidates the words hand on.</summary>
    public int WordCandidates { get; init; } = 24;

    /// <summary>How many candidates the vectors hand on.</summary>
    public int VectorCandidates { get; init; } = 24;

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

    /// <summary>The share of the vectors' cosine.</summary>
    public float CosineWeight { get; init; } = 0.3f;

    /// <summary>The share of recency: all of it now, half of it after <see cref="RecencyHalfLifeDays"/>.</summary>
    public float RecencyWeight { get; init; } = 0.02f;

    /// <summary>How many days halve the recency.</summary>
    public float RecencyHalfLifeDays { get; init; } = 30f;
}
