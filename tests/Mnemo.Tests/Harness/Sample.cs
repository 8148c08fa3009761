using Mnemo.Memories;

namespace Mnemo.Tests.Harness;

/// <summary>Memories and scopes that read well in a test.</summary>
internal static class Sample
{
    public static readonly EmbeddingFingerprint Embedding = new("test", "fixed", 4, Normalised: false);

    public static readonly MemoryScope General = new("test", "guild", "general", "ana");

    /// <summary>Another channel of the same guild, asked from by somebody who said nothing in <see cref="General"/>.</summary>
    public static readonly MemoryScope Elsewhere = new("test", "guild", "elsewhere", "zoe");

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly float[] East = [1, 0, 0, 0];
    public static readonly float[] North = [0, 1, 0, 0];
    public static readonly float[] West = [-1, 0, 0, 0];

    public static MemoryId Id(long value) => new(value);

    public static Memory Memory(long id, string text = "something", MemoryScope? scope = null, float[]? vector = null) => new()
    {
        Id = new MemoryId(id),
        Scope = scope ?? General,
        Speaker = new Speaker((scope ?? General).Subject, "Somebody"),
        Text = text,
        RecordedAt = Start.AddSeconds(Math.Clamp(id, 0, 1_000_000)),
        Vector = vector ?? East,
        Embedding = Embedding,
    };

    /// <summary>A memory with every field set to something of its own.</summary>
    public static Memory Full(long id) => new()
    {
        Id = new MemoryId(id),
        Scope = new MemoryScope("discord", "85614143951892480", "general", "ana", "thread-7", "sage"),
        Speaker = new Speaker("ana", "Ana Née 🦊"),
        Text = "My dog is called Biscuit.",
        Kind = MemoryKind.Preference,
        Session = "discord:85614143951892480:general#1772366400000",
        Quote = "dog is called Biscuit",
        Sources = [new SourceMessage("m1", "https://example.org/m1", Start.AddMilliseconds(1)), new SourceMessage("m2")],
        Importance = 0.1f,
        SpokenAt = Start.AddMilliseconds(7),
        RecordedAt = Start.AddMilliseconds(1234),
        ValidTo = Start.AddDays(9),
        SupersededBy = new MemoryId(id + 1),
        Trust = Trust.Pinned,
        Vector = new float[] { 0.25f, -3, 1e-3f, 7 },
        Embedding = Embedding,
        Revision = 41,
        Attributes = new Dictionary<string, string> { ["origin"] = "test", [""] = "", ["键"] = "值\n2" },
    };

    public static IReadOnlyList<Memory> Many(int count, long first = 1) => [.. Enumerable.Range(0, count).Select(i => Memory(first + i, $"memory {first + i}"))];
}
