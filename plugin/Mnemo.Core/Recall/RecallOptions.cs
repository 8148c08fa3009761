using Mnemo.Indexing;

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

    /// <summary>How long a question waits for a store that is still being opened.</summary>
    public int LongestWaitMs { get; init; } = 2000;

    /// <summary>How the text index searches.</summary>
    public TextSearchOptions TextSearch { get; init; } = new();

    /// <summary>How many candidates the vectors hand on.</summary>
    public int VectorCandidates { get; init; } = 24;

    /// <summary>The share of the vectors' cosine.</summary>
    public float CosineWeight { get; init; } = 0.3f;

    /// <summary>The share of recency: all of it now, half of it after <see cref="RecencyHalfLifeDays"/>.</summary>
    public float RecencyWeight { get; init; } = 0.02f;

    /// <summary>How many days halve the recency.</summary>
    public float RecencyHalfLifeDays { get; init; } = 30f;
}
