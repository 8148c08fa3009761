using System.Text;
using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Memories;

public sealed class PortableRecordTests
{
    private static readonly (string Letters, string Reason)[] NoTexts =
    [
        ("\0", "U+0000"), ("\ud83e", "half a surrogate pair"), ("\udd8a", "half a surrogate pair"), ("🦊\udd8a", "half a surrogate pair"),
    ];

    private static readonly string Longest = new('x', PortableRecord.MaxTextBytes);

    [Fact]
    public void A_memory_with_every_field_set_passes() => Assert.Null(PortableRecord.Flaw(Sample.Full(7)));

    [Fact]
    public void Every_id_but_the_lowest_passes()
    {
        foreach (var id in (long[])[long.MinValue + 1, -1, 0, long.MaxValue]) Assert.Null(PortableRecord.Flaw(Sample.Memory(id)));
        Assert.Contains("'id'", PortableRecord.Flaw(Sample.Memory(long.MinValue)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_the_most_bytes_passes_and_one_byte_more_is_named_with_field_and_limit()
    {
        foreach (var (field, with) in Fields())
        {
            Assert.Null(PortableRecord.Flaw(with(Longest)));
            Assert.Null(PortableRecord.Flaw(with(string.Concat(Enumerable.Repeat("猫", PortableRecord.MaxTextBytes / 3)))));
            var flaw = PortableRecord.Flaw(with("é" + Longest[1..]));
            Assert.Contains($"'{field}' takes 65,536 bytes of UTF-8, at most 65,535", flaw, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_text_is_named_in_every_field()
    {
        Dictionary<string, Func<string, Memory>> fields = new(Fields())
        {
            ["sources.id"] = text => Sample.Memory(1) with { Sources = [new SourceMessage(text)] },
            ["sources.link"] = text => Sample.Memory(1) with { Sources = [new SourceMessage("m1", text)] },
        };
        foreach (var (letters, reason) in NoTexts)
        {
            foreach (var (field, with) in fields)
            {
                var flaw = PortableRecord.Flaw(with($"canary {letters} canary"));
                Assert.Contains($"'{field}'", flaw, StringComparison.Ordinal);
                Assert.Contains(reason, flaw, StringComparison.Ordinal);
                Assert.DoesNotContain("canary", flaw, StringComparison.Ordinal);
            }

            foreach (var attributes in (Dictionary<string, string>[])[new() { [letters] = "" }, new() { [""] = letters }])
                Assert.Contains("'attributes'", PortableRecord.Flaw(Sample.Memory(1) with { Attributes = attributes }), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("猫")]
    [InlineData("🦊")]
    [InlineData("\"")]
    [InlineData("\u0001")]
    public void Lists_are_measured_as_the_json_that_is_written(string letter)
    {
        // The list grows by one source, and by one attribute, until the line says that it takes more than is allowed.
        var memory = Sample.Memory(1);
        var piece = string.Concat(Enumerable.Repeat(letter, 100));
        List<SourceMessage> sources = [];
        Dictionary<string, string> attributes = [];
        for (var i = 0; ; i++)
        {
            sources.Add(new SourceMessage($"{i}{piece}", piece, Sample.Start));
            attributes.Add($"{i}{piece}", piece);
            var (flawOfSources, flawOfAttributes) = (PortableRecord.Flaw(memory with { Sources = sources }), PortableRecord.Flaw(memory with { Attributes = attributes }));
            var (inSources, inAttributes) = (Written(memory with { Sources = [.. sources] }, "\"sources\":"), Written(memory with { Attributes = attributes }, "\"attributes\":"));
            Assert.Equal(inSources > PortableRecord.MaxListBytes, flawOfSources is not null);
            Assert.Equal(inAttributes > PortableRecord.MaxListBytes, flawOfAttributes is not null);
            if (flawOfSources is null || flawOfAttributes is null) continue;
            Assert.Contains($"'sources' take {inSources:N0} bytes of JSON, at most 60,000", flawOfSources, StringComparison.Ordinal);
            Assert.Contains($"'attributes' take {inAttributes:N0} bytes of JSON, at most 60,000", flawOfAttributes, StringComparison.Ordinal);
            return;
        }
    }

    // How many bytes the line has more than that of the same memory without the list, the name before it and the comma aside.
    private static int Written(Memory memory, string name)
        => MemoryJson.Write(memory).Length - MemoryJson.Write(memory with { Sources = [], Attributes = new Dictionary<string, string>() }).Length - Encoding.UTF8.GetByteCount(name) - 1;

    // Parts of a scope have a limit of their own, far below this one.
    private static Dictionary<string, Func<string, Memory>> Fields() => new()
    {
        ["text"] = text => Sample.Memory(1) with { Text = text },
        ["quote"] = text => Sample.Memory(1) with { Quote = text },
        ["session"] = text => Sample.Memory(1) with { Session = text },
        ["speaker.id"] = text => Sample.Memory(1) with { Speaker = new Speaker(text, "Ana") },
        ["speaker.name"] = text => Sample.Memory(1) with { Speaker = new Speaker("ana", text) },
    };
}
