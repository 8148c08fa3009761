using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Memories;

public sealed class MemoryTests
{
    /// <summary>One change of each field.</summary>
    public static TheoryData<string, Func<Memory, Memory>> Changes => new()
    {
        { "Id", m => m with { Id = new MemoryId(1) } },
        { "Scope", m => m with { Scope = Sample.General } },
        { "Speaker", m => m with { Speaker = new Speaker("ana", "other") } },
        { "Text", m => m with { Text = "other" } },
        { "Kind", m => m with { Kind = MemoryKind.Fact } },
        { "Session", m => m with { Session = "other" } },
        { "Quote", m => m with { Quote = "" } },
        { "Sources", m => m with { Sources = [m.Sources[1], m.Sources[0]] } },
        { "Repetitions", m => m with { Repetitions = 4 } },
        { "Importance", m => m with { Importance = 0.2f } },
        { "SpokenAt", m => m with { SpokenAt = null } },
        { "RecordedAt", m => m with { RecordedAt = m.RecordedAt.AddMilliseconds(1) } },
        { "ValidTo", m => m with { ValidTo = null } },
        { "SupersededBy", m => m with { SupersededBy = null } },
        { "Trust", m => m with { Trust = Trust.Member } },
        { "Vector", m => m with { Vector = new float[] { 0.25f, -3, 1e-3f, 8 } } },
        { "Embedding", m => m with { Embedding = m.Embedding with { Model = "other" } } },
        { "Revision", m => m with { Revision = 42 } },
        { "Attributes", m => m with { Attributes = new Dictionary<string, string> { ["origin"] = "test", [""] = "", ["键"] = "other" } } },
    };

    [Fact]
    public void Equal_content_is_equal_whatever_the_lists_are_made_of()
    {
        var one = Sample.Full(9);
        var two = one with { Sources = [.. one.Sources], Vector = one.Vector.ToArray(), Attributes = one.Attributes.Reverse().ToDictionary() };
        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
    }

    [Theory, MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void A_difference_in_any_field_is_a_difference(string field, Func<Memory, Memory> change)
        => Assert.False(Sample.Full(9).Equals(change(Sample.Full(9))), field);

    [Fact]
    public void Every_field_has_a_change_above()
    {
        var fields = typeof(Memory).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Order();
        Assert.Equal(fields, Changes.Select(row => row.Data.Item1).Order());
    }

    [Fact]
    public void Zero_and_minus_zero_differ_in_a_vector()
        => Assert.NotEqual(Sample.Memory(1, vector: [0, 1, 0, 0]), Sample.Memory(1, vector: [-0f, 1, 0, 0]));

    [Fact]
    public void The_time_to_rank_by_is_when_it_was_said_else_when_it_was_stored()
    {
        Assert.Equal(Sample.Start.AddMilliseconds(7), Sample.Full(9).At);
        Assert.Equal(Sample.Full(9).RecordedAt, (Sample.Full(9) with { SpokenAt = null }).At);
    }

    [Fact]
    public void A_fingerprint_prints_as_manifests_show_it()
    {
        Assert.Equal("local/hashed-ngrams-1/512/unit", new EmbeddingFingerprint("local", "hashed-ngrams-1", 512, true).ToString());
        Assert.Equal("test/fixed/4", Sample.Embedding.ToString());
    }
}
