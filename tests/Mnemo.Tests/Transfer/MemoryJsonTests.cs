using System.Text;
using CsCheck;
using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Transfer;

public sealed class MemoryJsonTests
{
    // Whole characters of every plane, control characters and line separators among them; halves of pairs are not text.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[0, 0xD7FF], Gen.Int[0xE000, 0x10FFFF], Gen.Int[0, 0x1F], Gen.Int[0x2028, 0x2029], Gen.Int[0, 4].Select(i => (int)"\"\\<&\uFEFF"[i]))
        .Array[0, 20].Select(runes => string.Concat(runes.Select(char.ConvertFromUtf32)));

    private static readonly Gen<DateTimeOffset> Time = Gen.Long[-62_135_596_800_000, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<float> Bits = Gen.Int.Select(BitConverter.Int32BitsToSingle);

    private static readonly Gen<Memory> Memories =
        from id in Gen.Long
        from texts in Text.Array[6]
        from importance in Bits
        from vector in Bits.Array[0, 40]
        from times in Time.Array[4]
        from present in Gen.Bool.Array[6]
        from sources in Gen.Select(Text, Text, Time, Gen.Bool).Array[0, 3]
        from attributes in Gen.Select(Text, Text).Array[0, 3]
        from kind in Gen.Enum<MemoryKind>()
        from trust in Gen.Enum<Trust>()
        from revision in Gen.Long
        select new Memory
        {
            Id = new MemoryId(id),
            Scope = present[0] ? Sample.General : new MemoryScope("平台", "85614143951892480", "a\"b\\c/d", "ana é", "thread 7", "sage"),
            Speaker = new Speaker(texts[0], texts[1]),
            Text = texts[2],
            Kind = kind,
            Session = texts[3],
            Quote = texts[4],
            Sources = [.. sources.Select(s => new SourceMessage(s.Item1, s.Item2, s.Item4 ? s.Item3 : null))],
            Importance = importance,
            SpokenAt = present[1] ? times[0] : null,
            RecordedAt = times[1],
            ValidTo = present[2] ? times[2] : null,
            SupersededBy = present[3] ? new MemoryId(~id) : null,
            Trust = trust,
            Vector = vector,
            Embedding = new EmbeddingFingerprint(texts[5], "model/1", vector.Length, present[4]),
            Revision = revision,
            Attributes = attributes.DistinctBy(a => a.Item1).ToDictionary(a => a.Item1, a => a.Item2),
        };

    [Fact]
    public void Every_memory_comes_back_as_it_was()
        => Memories.Sample(memory => MemoryJson.Read(MemoryJson.Write(memory)).Equals(memory) && !MemoryJson.Write(memory).Contains((byte)'\n'), iter: 3000);

    [Fact]
    public void A_line_reads_well_for_people()
    {
        var line = Encoding.UTF8.GetString(MemoryJson.Write(Sample.Full(7)));
        Assert.StartsWith("{\"id\":\"7\",\"scope\":{\"platform\":\"discord\"", line, StringComparison.Ordinal);
        Assert.Contains("\"spoken_at\":\"2026-03-01T12:00:00.007Z\"", line, StringComparison.Ordinal);
        Assert.Contains("Ana Née 🦊".Replace("🦊", "", StringComparison.Ordinal), line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"id\":\"1\"", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{\"text\":5}", "'text'")]
    [InlineData("{\"id\":\"canary\"}", "64-bit")]
    [InlineData("{\"recorded_at\":\"canary\"}", "ISO 8601")]
    [InlineData("{\"kind\":\"canary\"}", "one of Raw, Fact")]
    [InlineData("{\"text\":\"\\ud800\"}", "'text'")]
    [InlineData("{\"vector\":\"canary==\"}", "base64")]
    [InlineData("{\"vector\":\"AAAA\"}", "whole floats")]
    [InlineData("{\"sources\":{\"id\":\"canary\"}}", "list of objects")]
    [InlineData("{\"id\":\"1\",\"text\":\"canary\"}", "lacks")]
    public void A_bad_line_is_explained_without_its_text(string line, string reason)
    {
        var e = Assert.Throws<FormatException>(() => MemoryJson.Read(Encoding.UTF8.GetBytes(line)));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
    }
}
