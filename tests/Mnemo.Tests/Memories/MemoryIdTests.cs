using CsCheck;
using Mnemo.Memories;
using Xunit;

namespace Mnemo.Tests.Memories;

public sealed class MemoryIdTests
{
    private static readonly DateTimeOffset Spoken = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void A_recapture_yields_the_same_id()
        => Assert.Equal(MemoryId.From(Spoken, "m1", 0), MemoryId.From(Spoken.ToOffset(TimeSpan.FromHours(9)), "m1", 0));

    [Fact]
    public void Source_and_ordinal_make_different_ids_of_the_same_moment()
    {
        HashSet<MemoryId> ids = [.. from source in new[] { "m1", "m2", "", "m1 " } from ordinal in Enumerable.Range(0, 5) select MemoryId.From(Spoken, source, ordinal)];
        Assert.Equal(20, ids.Count);
    }

    [Fact]
    public void The_moment_stands_in_the_upper_bits()
        => Assert.Equal(Spoken.ToUnixTimeMilliseconds(), MemoryId.From(Spoken, "m1", 0).Value >> 22);

    /// <summary>41 bits of milliseconds last until September 2039.</summary>
    [Fact]
    public void Ids_sort_by_time() => Gen.Select(Gen.Long[0, (1L << 41) - 1_000_001], Gen.Long[1, 1_000_000], Gen.String, Gen.String).Sample((ms, later, a, b) =>
    {
        var first = MemoryId.From(DateTimeOffset.FromUnixTimeMilliseconds(ms), a, 0);
        var second = MemoryId.From(DateTimeOffset.FromUnixTimeMilliseconds(ms + later), b, 3);
        Assert.True(first < second && second > first && first <= second && second >= first && first.CompareTo(second) < 0);
    });

    [Fact]
    public void Times_before_1970_count_as_zero_and_no_id_is_negative()
    {
        Assert.Equal(0, MemoryId.From(DateTimeOffset.MinValue, "m1", 0).Value >> 22);
        Assert.Equal(0, MemoryId.From(DateTimeOffset.UnixEpoch.AddMilliseconds(-1), "m1", 0).Value >> 22);
        Assert.True(MemoryId.From(DateTimeOffset.MaxValue, "m1", 0).Value > 0);
    }

    [Fact]
    public void The_hash_is_part_of_the_format_and_never_changes()
        => Assert.Equal("7433843481504711576", MemoryId.From(Spoken, "1234567890123456789", 1).ToString());

    [Theory, InlineData(0), InlineData(-1), InlineData(long.MinValue), InlineData(long.MaxValue)]
    public void The_printed_form_reads_back(long value)
    {
        Assert.True(MemoryId.TryParse(new MemoryId(value).ToString(), out var id));
        Assert.Equal(value, id.Value);
    }

    [Theory, InlineData(null), InlineData(""), InlineData("1.5"), InlineData("abc"), InlineData("1e5"), InlineData("9223372036854775808"), InlineData("1,000"), InlineData("0x1F")]
    public void Anything_else_is_not_an_id(string? text) => Assert.False(MemoryId.TryParse(text, out _));
}
