using Mnemo.Tests.Capture;
using Mnemo.Transfer;
using Xunit;
using static Mnemo.Tests.Transfer.ImportedLines;

namespace Mnemo.Tests.Transfer;

/// <summary>What a line must be to come in, and what is said of the others.</summary>
public sealed class ImportDoorTests
{
    private const string Scope = """{"platform":"test","guild":"g","channel":"c","subject":"ana"}""";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kind", "\"Raw,Fact\"", "'kind' must be one of Raw, Fact, Preference, Event, Plan, Summary")]
    [InlineData("kind", "\"1\"", "'kind' must be one of")]
    [InlineData("kind", "\" Fact\"", "'kind' must be one of")]
    [InlineData("kind", "1", "'kind' must be one of")]
    [InlineData("trust", "\"2\"", "'trust' must be one of Imported, Member, Pinned")]
    [InlineData("importance", "\"0.5\"", "'importance' must be a number from 0 to 1")]
    [InlineData("importance", "2", "'importance' must be a number from 0 to 1")]
    [InlineData("importance", "\"NaN\"", "'importance' must be a number from 0 to 1")]
    [InlineData("revision", "\"1\"", "'revision' must be a whole number")]
    [InlineData("revision", "1.5", "'revision' must be a whole number")]
    [InlineData("id", "1.5", "'id' must be a 64-bit whole number")]
    [InlineData("id", "-9223372036854775808", "'id' is -9223372036854775808")]
    [InlineData("superseded_by", "{}", "'superseded_by' must be a 64-bit whole number")]
    [InlineData("spoken_at", "true", "'spoken_at' must be a time as ISO 8601")]
    [InlineData("spoken_at", "\"9999-01-01T00:00:00Z\"", "'spoken_at' lies after the year 9998")]
    [InlineData("recorded_at", "253402300799999", "'recorded_at' lies after the year 9998")]
    [InlineData("recorded_at", "999999999999999", "'recorded_at' must be a time")]
    [InlineData("quote", "7", "'quote' must be a text")]
    [InlineData("quote", "\"canary\\u0000\"", "'quote' holds the character U+0000")]
    [InlineData("quote", "\"canary\\ud800\"", "'quote' is not valid Unicode")]
    [InlineData("attributes", "{\"canary\":1}", "'attributes' must be an object of texts")]
    [InlineData("attributes", "{\"canary\":\"1\",\"canary\":\"2\"}", "'attributes' has a property more than once")]
    [InlineData("attributes", "[]", "'attributes' must be an object")]
    [InlineData("sources", "[\"canary\"]", "'sources' must be an object")]
    [InlineData("sources", "{}", "'sources' must be a list of objects")]
    [InlineData("sources", "[{\"id\":1}]", "'sources.id' must be a text")]
    [InlineData("sources", "[{\"id\":\"a\",\"id\":\"b\"}]", "'sources' has a property more than once")]
    [InlineData("embedding", "{\"provider\":null}", "'embedding.provider' must be a text")]
    [InlineData("embedding", "{\"dimension\":\"64\"}", "'embedding.dimension' must be a whole number")]
    [InlineData("embedding", "{\"normalised\":\"true\"}", "'embedding.normalised' must be true or false")]
    [InlineData("vector", "{}", "'vector' must be base64")]
    [InlineData("scope", Scope, "'scope' is there more than once")]
    [InlineData("text", "\"again\"", "'text' is there more than once")]
    public async Task A_line_that_is_not_to_the_letter_is_bad_and_its_field_is_named(string field, string value, string reason)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var report = await ImportAsync(fixture, Line("I like tea."), Line("canary", more: $",\"{field}\":{value}"));

        Assert.Equal((1, 1), (report.Stored, report.Bad));
        var bad = Assert.Single(report.BadLines);
        Assert.Equal(2, bad.Number);
        Assert.Contains(reason, bad.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", bad.Reason, StringComparison.Ordinal);
        Assert.Single(await fixture.MemoriesAsync(Now));
    }

    [Theory]
    [InlineData("text", 65_536, "'text' takes 65,536 bytes of UTF-8, at most 65,535")]
    [InlineData("quote", 65_536, "'quote' takes 65,536 bytes")]
    [InlineData("session", 65_536, "'session' takes 65,536 bytes")]
    [InlineData("speaker.id", 65_536, "'speaker.id' takes 65,536 bytes")]
    [InlineData("speaker.name", 65_536, "'speaker.name' takes 65,536 bytes")]
    [InlineData("scope.channel", 65_536, "longer than 200 characters")]
    [InlineData("sources", 60_000, "'sources' take 60,011 bytes of JSON, at most 60,000")]
    [InlineData("attributes", 60_000, "'attributes' take 60,007 bytes of JSON, at most 60,000")]
    public async Task What_no_store_could_keep_is_a_bad_line_with_field_and_limit(string field, int bytes, string reason)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var value = new string('x', bytes);
        var line = field switch
        {
            "text" => Line(value),
            "speaker.id" => Line("t").Replace("\"speaker\":{\"id\":\"ana\"}", $"\"speaker\":{{\"id\":\"{value}\"}}", StringComparison.Ordinal),
            "speaker.name" => Line("t").Replace("\"speaker\":{\"id\":\"ana\"}", $"\"speaker\":{{\"id\":\"ana\",\"name\":\"{value}\"}}", StringComparison.Ordinal),
            "scope.channel" => Line("t").Replace("\"c\"", $"\"{value}\"", StringComparison.Ordinal),
            "sources" => Line("t", more: $",\"sources\":[{{\"id\":\"{value}\"}}]"),
            "attributes" => Line("t", more: $",\"attributes\":{{\"\":\"{value}\"}}"),
            _ => Line("t", more: $",\"{field}\":\"{value}\""),
        };
        var report = await ImportAsync(fixture, line, Line("I like tea."));

        Assert.Equal((1, 1), (report.Stored, report.Bad));
        Assert.Contains(reason, report.BadLines[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_before_one_of_another_model_are_stored_and_their_number_is_said()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        string[] lines = [.. Enumerable.Range(1, 5).Select(i => Line($"Fact {i}.")), Line("canary", more: ",\"vector\":[1,2,3]"), Line("Fact 7.")];
        var e = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(fixture, lines));

        Assert.Equal(5, (await fixture.MemoriesAsync(Now)).Count);
        Assert.Contains("Line 6", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Stored of the lines before: 5.", e.Message, StringComparison.Ordinal);
        Assert.Equal((5, 0), (e.Report.Stored, e.Report.Bad));
        Assert.Equal(5, fixture.TextIndex.Count);

        var dry = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(fixture, new ImportOptions(IsDryRun: true), lines));
        Assert.DoesNotContain("Stored", dry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_bad_lines_are_named_as_asked_for_and_all_are_counted()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        string[] lines = [.. Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? Line($"Fact {i}.") : "{}")];
        var few = await ImportAsync(fixture, lines);
        var all = await ImportAsync(fixture, new ImportOptions(NamedLines: int.MaxValue), lines);

        Assert.Equal((150, 100, false), (few.Bad, few.BadLines.Count, few.IsStopped));
        Assert.Equal(Enumerable.Range(1, 150).Select(i => 2L * i), all.BadLines.Select(b => b.Number));
    }

    [Fact]
    public async Task A_line_of_many_mebibytes_is_refused_as_fast_as_it_is_read()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var text = string.Concat(Enumerable.Repeat("I like tea. ", (15 << 20) / 12));
        var started = TimeProvider.System.GetTimestamp();
        var report = await ImportAsync(fixture, Line(text), Line("I like tea."));

        Assert.Equal((1, 1), (report.Stored, report.Bad));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 10);
    }
}
