using System.Text;
using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Transfer;

public sealed class TransferTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_exported_is_imported_without_loss()
    {
        await using var source = await CaptureFixture.OpenAsync(Now);
        await source.SayAsync(Now,
            CaptureFixture.Message("m1", "My dog is called Biscuit."), CaptureFixture.Message("m2", "my dog is called biscuit"),
            CaptureFixture.Message("m3", "记住我的猫叫团子。", "ben"), CaptureFixture.Private("m4", "I moved to Lyon."));
        await source.Worker.DrainAsync(Now);
        var file = Path.Combine(source.Directory, "out.jsonl");
        var report = await new JsonlExporter(source.Stores).ExportAsync(file, MemoryFilter.Everything, null, Now);
        Assert.Equal((3, new FileInfo(file).Length), (report.Memories, report.Bytes));
        Assert.False(File.Exists(file + ".part"));

        await using var target = await CaptureFixture.OpenAsync(Now);
        for (var i = 0; i < 2; i++)
        {
            await using var stream = File.OpenRead(file);
            var imported = await Importer(target).ImportAsync(stream, new ImportOptions(BatchRows: 2), null, Now);
            Assert.Equal((3, 3, 0, 0, false), (imported.Lines, imported.Stored, imported.Embedded, imported.Bad, imported.IsStopped));
        }

        Assert.Equal(await source.MemoriesAsync(Now), await target.MemoriesAsync(Now));
        Assert.Equal(3, target.TextIndex.Count);
    }

    [Fact]
    public async Task One_person_exports_what_they_said()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "I like tea."), CaptureFixture.Message("m2", "I like coffee.", "ben"));
        await fixture.Worker.DrainAsync(Now);
        using var stream = new MemoryStream();
        await new JsonlExporter(fixture.Stores).WriteAsync(stream, new PersonKey("test", "ben").Said, null, Now);
        Assert.Equal("I like coffee.", MemoryJson.Read(stream.ToArray().AsSpan()[..^1]).Text);
    }

    [Fact]
    public async Task A_line_of_another_system_needs_scope_speaker_and_text_only()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        const string line = """{"scope":{"platform":"test","guild":"g","channel":"c","subject":"ana"},"speaker":{"id":"ana"},"text":"I like tea.","spoken_at":1700000000000,"unknown":{"a":[1]}}""";
        for (var i = 0; i < 2; i++)
        {
            var report = await ImportAsync(fixture, $"\uFEFF{line}\r\n\r\n  \n{line}");
            Assert.Equal((2, 2, 0), (report.Lines, report.Stored, report.Bad));
            Assert.Equal(i == 0 ? (1, 2) : (2, 0), (report.Present, report.Embedded));
        }

        var memory = Assert.Single(await fixture.MemoriesAsync(Now));
        Assert.Equal((Trust.Imported, "ana", CaptureFixture.Start), (memory.Trust, memory.Speaker.Name, memory.RecordedAt));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), memory.SpokenAt);
        Assert.Equal(fixture.Embedder.Embed("I like tea."), memory.Vector.ToArray());
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_named_and_the_others_stored()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var lines = Lines(fixture, 10);
        lines[3] = "canary, not JSON";
        lines[7] = lines[7].Replace("\"channel\":\"general\"", "\"channel\":\"*\"", StringComparison.Ordinal);
        var report = await ImportAsync(fixture, string.Join('\n', lines));

        Assert.Equal((10, 8, 2, false), (report.Lines, report.Stored, report.Bad, report.IsStopped));
        Assert.Equal([4, 8], report.BadLines.Select(b => b.Number));
        Assert.DoesNotContain("canary", report.BadLines[0].Reason, StringComparison.Ordinal);
        Assert.Contains("wildcard", report.BadLines[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_half_bad_stops_after_twenty_lines()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var report = await ImportAsync(fixture, string.Concat(Enumerable.Repeat("{}\n", 5000)));
        Assert.True(report.IsStopped);
        Assert.Equal((20, 20, 0), (report.Lines, report.Bad, report.Stored));
    }

    [Fact]
    public async Task Nineteen_bad_lines_do_not_stop_it()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var report = await ImportAsync(fixture, string.Concat(Enumerable.Repeat("{}\n", 19)) + string.Join('\n', Lines(fixture, 30)));
        Assert.Equal((false, 30), (report.IsStopped, report.Stored));
    }

    [Fact]
    public async Task When_batches_repeat_an_id_the_last_line_stays_in_the_store_and_in_the_text_index()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var lines = Enumerable.Range(1, 40).Select(i => Lines(fixture, 2)[i % 2].Replace("Fact", $"Version {i} of", StringComparison.Ordinal));
        var report = await ImportAsync(fixture, string.Join('\n', lines), new ImportOptions(BatchRows: 1));

        Assert.Equal((40, 0), (report.Stored, report.Bad));
        var memories = await fixture.MemoriesAsync(Now);
        Assert.Equal(["Version 40 of 1.", "Version 39 of 2."], memories.Select(m => m.Text));
        Assert.Equal(2, fixture.TextIndex.Count);
        foreach (var memory in memories) Assert.Equal(memory.Id, fixture.TextIndex.FindDuplicate(memory.Scope, "ana", memory.Text));
        Assert.Null(fixture.TextIndex.FindDuplicate(memories[0].Scope, "ana", "Version 38 of 1."));
    }

    [Fact]
    public async Task What_the_store_refuses_is_named_by_its_line()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        fixture.Store.Fail("upsert", 3, () => new MemoryStoreException(StoreErrorKind.Refused, "faulty", "upsert", "The row is too odd."));
        var report = await ImportAsync(fixture, string.Join('\n', Lines(fixture, 4)));
        Assert.Equal((3, 1), (report.Stored, report.Bad));
        Assert.Equal(new BadLine(1, "The row is too odd."), Assert.Single(report.BadLines));
    }

    [Fact]
    public async Task Vectors_of_another_model_are_an_error_that_names_the_remedy()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var lines = Lines(fixture, 3).Select(line => line.Replace("hashed-ngrams-1", "another", StringComparison.Ordinal)).ToList();
        var e = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(fixture, string.Join('\n', lines)));
        Assert.Contains("--re-embed", e.Message, StringComparison.Ordinal);
        Assert.Empty(await fixture.MemoriesAsync(Now));

        var report = await ImportAsync(fixture, string.Join('\n', lines), new ImportOptions(ReEmbed: true));
        Assert.Equal((3, 3), (report.Stored, report.Embedded));
        Assert.All(await fixture.MemoriesAsync(Now), m => Assert.Equal(fixture.Embedder.Fingerprint, m.Embedding));
    }

    [Fact]
    public async Task A_vector_that_is_not_as_long_as_it_says_is_a_bad_line()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var report = await ImportAsync(fixture, Lines(fixture, 1)[0].Replace("\"dimension\":64", "\"dimension\":65", StringComparison.Ordinal));
        Assert.Contains("64 floats", Assert.Single(report.BadLines).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    public async Task A_file_of_utf16_is_refused_with_the_way_to_convert_it(string name, bool hasMark)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var text = (hasMark ? "\uFEFF" : "") + string.Join('\n', Lines(fixture, 3));
        using var stream = new MemoryStream(Encoding.GetEncoding(name).GetBytes(text));
        var e = await Assert.ThrowsAsync<ImportException>(() => Importer(fixture).ImportAsync(stream, new ImportOptions(), null, Now));
        Assert.Contains("UTF-16", e.Message, StringComparison.Ordinal);
        Assert.Contains("iconv", e.Message, StringComparison.Ordinal);
        Assert.Empty(await fixture.MemoriesAsync(Now));
    }

    [Fact]
    public async Task A_line_without_end_is_counted_and_not_kept()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var lines = Lines(fixture, 2);
        var report = await ImportAsync(fixture, $"{lines[0]}\n{new string('x', 17 << 20)}\n{lines[1]}");
        Assert.Equal((2, 2L), (report.Stored, Assert.Single(report.BadLines).Number));
    }

    [Fact]
    public async Task What_somebody_had_forgotten_is_not_imported_again_but_what_they_say_afterwards_is()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "I like tea."), CaptureFixture.Message("m2", "I like coffee.", "ben"));
        await fixture.Worker.DrainAsync(Now);
        var before = await ExportAsync(fixture);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        await ForgetAsync(fixture, new PersonKey("test", "ana"));

        var dry = await ImportAsync(fixture, before, new ImportOptions(IsDryRun: true));
        var old = await ImportAsync(fixture, before);
        Assert.All([dry, old], report => Assert.Equal((2, 1, 1, 0), (report.Lines, report.Stored, report.Forgotten, report.Bad)));
        Assert.Equal("ben", Assert.Single(await fixture.MemoriesAsync(Now)).Speaker.Id);

        await fixture.SayAsync(Now, CaptureFixture.Message("m3", "I like cocoa.", atSeconds: 20));
        await fixture.Worker.DrainAsync(Now);
        var after = await ExportAsync(fixture);
        await fixture.Remover.RemoveAsync(MemoryFilter.Everything, null, Now);
        var fresh = await ImportAsync(fixture, after);
        Assert.Equal((2, 0), (fresh.Stored, fresh.Forgotten));
        Assert.Contains(await fixture.MemoriesAsync(Now), m => m.Text == "I like cocoa.");
    }

    [Fact]
    public async Task An_erased_memory_is_not_imported_again_whatever_its_date_and_an_undated_one_only_of_somebody_else()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "I like tea.", atSeconds: 3600));
        await fixture.Worker.DrainAsync(Now);
        var ahead = await ExportAsync(fixture);
        await ForgetAsync(fixture, new PersonKey("test", "ana"));

        const string undated = """{"scope":{"platform":"test","guild":"g","channel":"c","subject":"ana"},"speaker":{"id":"ana"},"text":"I like rum."}""";
        var report = await ImportAsync(fixture, $"{ahead}{undated}\n{undated.Replace("\"ana\"", "\"ben\"", StringComparison.Ordinal)}");
        Assert.Equal((3, 1, 2), (report.Lines, report.Stored, report.Forgotten));
        Assert.Equal("ben", Assert.Single(await fixture.MemoriesAsync(Now)).Speaker.Id);
    }

    [Fact]
    public async Task The_same_id_on_another_platform_is_not_the_one_who_was_forgotten()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await ForgetAsync(fixture, new PersonKey("elsewhere", "ana"));
        Assert.Equal(3, (await ImportAsync(fixture, string.Join('\n', Lines(fixture, 3)))).Stored);
    }

    private static Task<ErasureReceipt> ForgetAsync(CaptureFixture fixture, PersonKey person)
        => new Eraser(fixture.Control, fixture.Outbox, fixture.Channels, fixture.Remover, []).ForgetAsync(person, null, Now);

    private static async Task<string> ExportAsync(CaptureFixture fixture)
    {
        using var stream = new MemoryStream();
        await new JsonlExporter(fixture.Stores).WriteAsync(stream, MemoryFilter.Everything, null, Now);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static JsonlImporter Importer(CaptureFixture fixture) => new(fixture.Stores, fixture.Writer, new DeletionLedger(fixture.Control), fixture.Clock);

    private static async Task<ImportReport> ImportAsync(CaptureFixture fixture, string text, ImportOptions? options = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await Importer(fixture).ImportAsync(stream, options ?? new ImportOptions(), null, Now);
    }

    private static List<string> Lines(CaptureFixture fixture, int count) => [.. Enumerable.Range(1, count).Select(i => Encoding.UTF8.GetString(MemoryJson.Write(new Memory
    {
        Id = new MemoryId(i),
        Scope = new MemoryScope("test", "guild", "general", "ana"),
        Speaker = new Speaker("ana", "Ana"),
        Text = $"Fact {i}.",
        RecordedAt = CaptureFixture.Start,
        Vector = fixture.Embedder.Embed($"Fact {i}."),
        Embedding = fixture.Embedder.Fingerprint,
    })))];
}
