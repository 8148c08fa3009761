using System.Runtime.InteropServices;

namespace Mnemo.Memories;

/// <summary>What is kept: one thing that somebody said or that was learnt from it.</summary>
public sealed record Memory
{
    /// <summary>The key.</summary>
    public required MemoryId Id { get; init; }

    /// <summary>Where it was said and whom it is about. Its reach is always <see cref="ScopeReach.Conversation"/>.</summary>
    public required MemoryScope Scope { get; init; }

    /// <summary>Who said it.</summary>
    public required Speaker Speaker { get; init; }

    /// <summary>The text as it is recalled. Data, never an instruction.</summary>
    public required string Text { get; init; }

    /// <summary>What sort of thing it is.</summary>
    public MemoryKind Kind { get; init; } = MemoryKind.Raw;

    /// <summary>The session in which it was said; its neighbours are looked for there. Empty when unknown.</summary>
    public string Session { get; init; } = "";

    /// <summary>A verbatim piece of the source; empty when <see cref="Text"/> is the source itself.</summary>
    public string Quote { get; init; } = "";

    /// <summary>The messages it was made from, oldest first.</summary>
    public IReadOnlyList<SourceMessage> Sources { get; init; } = [];

    /// <summary>How often it was said beyond <see cref="Sources"/>, whose list has no room for more.</summary>
    public long Repetitions { get; init; }

    /// <summary>0 (trifle) to 1 (pinned by "remember …").</summary>
    public float Importance { get; init; } = 0.5f;

    /// <summary>When it was said; null when nobody knows. UTC, whole milliseconds.</summary>
    public DateTimeOffset? SpokenAt { get; init; }

    /// <summary>When it was stored. UTC, whole milliseconds.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When it stopped being true; null while it holds. UTC, whole milliseconds.</summary>
    public DateTimeOffset? ValidTo { get; init; }

    /// <summary>What replaced it.</summary>
    public MemoryId? SupersededBy { get; init; }

    /// <summary>How far the source is trusted.</summary>
    public Trust Trust { get; init; } = Trust.Member;

    /// <summary>The embedding of <see cref="Text"/>; as many floats as <see cref="Embedding"/> says, kept bit for bit.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>What made the vector.</summary>
    public required EmbeddingFingerprint Embedding { get; init; }

    /// <summary>1 at first, one more with every change.</summary>
    public long Revision { get; init; } = 1;

    /// <summary>Whatever an importer or a later feature wants to keep beside it.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = EmptyAttributes;

    /// <summary>The time to show and to rank by.</summary>
    public DateTimeOffset At => SpokenAt ?? RecordedAt;

    private static readonly IReadOnlyDictionary<string, string> EmptyAttributes = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether every field is the same: lists by content, the vector bit for bit.</summary>
    public bool Equals(Memory? other) => other is not null
        && Id == other.Id && Scope == other.Scope && Speaker == other.Speaker && Text == other.Text && Kind == other.Kind && Session == other.Session
        && Quote == other.Quote && Importance.Equals(other.Importance) && SpokenAt == other.SpokenAt && RecordedAt == other.RecordedAt
        && ValidTo == other.ValidTo && SupersededBy == other.SupersededBy && Trust == other.Trust && Embedding == other.Embedding && Revision == other.Revision
        && Repetitions == other.Repetitions && Sources.SequenceEqual(other.Sources)
        && MemoryMarshal.AsBytes(Vector.Span).SequenceEqual(MemoryMarshal.AsBytes(other.Vector.Span))
        && Attributes.Count == other.Attributes.Count
        && Attributes.All(a => other.Attributes.TryGetValue(a.Key, out var value) && value == a.Value);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, Revision);
}

/// <summary>Who said something.</summary>
/// <param name="Id">The platform's user id.</param>
/// <param name="Name">The name that people read; may change.</param>
public sealed record Speaker(string Id, string Name);

/// <summary>A message that a memory was made from.</summary>
/// <param name="MessageId">The platform's message id.</param>
/// <param name="Link">A link that jumps to it; empty where the platform has none.</param>
/// <param name="At">When it was sent; null when unknown.</param>
public sealed record SourceMessage(string MessageId, string Link = "", DateTimeOffset? At = null);

/// <summary>What sort of thing a memory is. Stored by name.</summary>
public enum MemoryKind
{
    /// <summary>What somebody said, in their words.</summary>
    Raw,

    /// <summary>A lasting fact.</summary>
    Fact,

    /// <summary>A liking or a habit.</summary>
    Preference,

    /// <summary>Something that happened.</summary>
    Event,

    /// <summary>Something intended.</summary>
    Plan,

    /// <summary>A digest of several messages.</summary>
    Summary,
}

/// <summary>How far a source is trusted. Stored by name.</summary>
public enum Trust
{
    /// <summary>Came from a file or another system.</summary>
    Imported,

    /// <summary>A member said it.</summary>
    Member,

    /// <summary>A member asked for it to be remembered.</summary>
    Pinned,
}

/// <summary>What made a vector. Two vectors compare only when their fingerprints are equal.</summary>
/// <param name="Provider">Who computed it: <c>local</c>, <c>openai</c>, ….</param>
/// <param name="Model">The model's name and version.</param>
/// <param name="Dimension">Floats per vector.</param>
/// <param name="Normalised">Whether every vector has length 1.</param>
public sealed record EmbeddingFingerprint(string Provider, string Model, int Dimension, bool Normalised)
{
    /// <summary>The form that status lines and manifests show: <c>provider/model/dimension[/unit]</c>.</summary>
    public override string ToString() => $"{Provider}/{Model}/{Dimension}{(Normalised ? "/unit" : "")}";
}

/// <summary>An answer of a store.</summary>
/// <param name="Memory">The memory, re-read from the truth.</param>
/// <param name="Similarity">Cosine of the two vectors on every backend: 1 = same direction, 0 = unrelated, −1 = opposite.</param>
public sealed record Match(Memory Memory, float Similarity);
