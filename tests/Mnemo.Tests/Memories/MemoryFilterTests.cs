using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Memories;

public sealed class MemoryFilterTests
{
    private static readonly Memory Memory = Sample.Full(77);

    [Fact]
    public void Every_text_field_is_read_from_its_place()
    {
        string[] expected = ["discord", "85614143951892480", "general", "thread-7", "ana", "sage", "ana", "discord:85614143951892480:general#1772366400000", "Preference", "My dog is called Biscuit."];
        Assert.Equal(expected, Enum.GetValues<TextField>().Select(field => MemoryFilter.Read(Memory, field)));
        Assert.All(Enum.GetValues<TextField>(), field => Assert.True(MemoryFilter.Equal(field, MemoryFilter.Read(Memory, field)).Matches(Memory)));
    }

    [Fact]
    public void Every_number_field_is_read_from_its_place()
    {
        var start = Sample.Start.ToUnixTimeMilliseconds();
        Assert.Equal([77, start + 7, start + 1234, start + (9 * 86_400_000L)], Enum.GetValues<NumberField>().Select(field => MemoryFilter.Read(Memory, field)!.Value));
        Assert.Equal(start + 1234, MemoryFilter.Read(Memory with { SpokenAt = null }, NumberField.At));
        Assert.Null(MemoryFilter.Read(Memory with { ValidTo = null }, NumberField.ValidTo));
    }

    [Theory]
    [InlineData(76L, 78L, true), InlineData(77L, 77L, true), InlineData(null, 77L, true), InlineData(77L, null, true), InlineData(null, null, true)]
    [InlineData(78L, null, false), InlineData(null, 76L, false), InlineData(78L, 76L, false), InlineData(long.MinValue, long.MaxValue, true)]
    public void A_range_includes_its_ends(long? min, long? max, bool passes)
        => Assert.Equal(passes, MemoryFilter.Range(NumberField.Id, min, max).Matches(Memory));

    [Fact]
    public void A_number_that_is_absent_is_in_no_range_and_so_outside_of_all()
    {
        var open = Memory with { ValidTo = null };
        Assert.False(MemoryFilter.Range(NumberField.ValidTo, null, null).Matches(open));
        Assert.True(MemoryFilter.Not(MemoryFilter.Range(NumberField.ValidTo, null, null)).Matches(open));
    }

    [Fact]
    public void None_given_matches_all_for_And_and_none_for_Or_In_and_Ids()
    {
        Assert.True(MemoryFilter.And().Matches(Memory));
        Assert.True(MemoryFilter.Everything.Matches(Memory));
        Assert.False(MemoryFilter.Or().Matches(Memory));
        Assert.False(MemoryFilter.Nothing.Matches(Memory));
        Assert.False(MemoryFilter.In(TextField.Text, []).Matches(Memory));
        Assert.False(MemoryFilter.Ids([]).Matches(Memory));
    }

    [Theory]
    [InlineData("Biscuit", true), InlineData("biscuit", false), InlineData("", true), InlineData("My dog is called Biscuit.", true), InlineData("%", false), InlineData("dog  is", false)]
    public void Contains_compares_letter_by_letter(string piece, bool passes) => Assert.Equal(passes, MemoryFilter.Contains(piece).Matches(Memory));

    [Fact]
    public void And_Or_and_Not_obey_logic()
    {
        MemoryFilter yes = MemoryFilter.Contains("dog"), no = MemoryFilter.Contains("cat");
        Assert.True(MemoryFilter.And(yes, yes).Matches(Memory));
        Assert.False(MemoryFilter.And(yes, no).Matches(Memory));
        Assert.True(MemoryFilter.Or(no, yes).Matches(Memory));
        Assert.False(MemoryFilter.Or(no, no).Matches(Memory));
        Assert.True(MemoryFilter.Not(no).Matches(Memory));
        Assert.True(MemoryFilter.Not(MemoryFilter.And(yes, no)).Matches(Memory));
        Assert.Same(yes, MemoryFilter.And(yes));
        Assert.Same(no, MemoryFilter.Or(no));
    }

    [Fact]
    public void Ids_match_by_value()
    {
        Assert.True(MemoryFilter.Ids([Sample.Id(1), Sample.Id(77)]).Matches(Memory));
        Assert.False(MemoryFilter.Ids([Sample.Id(-77)]).Matches(Memory));
    }

    [Fact]
    public void De_Morgan_holds_for_random_filters()
    {
        var world = new RandomWorld(71);
        var all = world.Memories(100);
        for (var round = 0; round < 200; round++)
        {
            MemoryFilter a = world.Filter(all), b = world.Filter(all);
            Assert.All(all, m => Assert.Equal(
                MemoryFilter.Not(MemoryFilter.And(a, b)).Matches(m),
                MemoryFilter.Or(MemoryFilter.Not(a), MemoryFilter.Not(b)).Matches(m)));
        }
    }
}
