using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Transfer;
using Xunit;
using static Mnemo.Tests.Transfer.ImportedLines;

namespace Mnemo.Tests.Transfer;

/// <summary>Lines that bring no id: each distinct one is a memory of its own, and each is one memory however often it comes.</summary>
public sealed class ImportIdTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Distinct_lines_without_ids_are_all_kept_and_counted()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        string[] lines = [.. Enumerable.Range(0, 8_000).Select(i => Line($"Fact {i}."))];
        var report = await ImportAsync(fixture, lines);

        Assert.Equal((8_000, 8_000, 0), (report.Lines, report.Stored, report.Present));
        Assert.Equal(8_000, (await fixture.MemoriesAsync(Now)).Select(m => m.Text).Distinct().Count());

        var again = await ImportAsync(fixture, new ImportOptions(BatchRows: 700), lines);
        Assert.Equal((8_000, 8_000, 0), (again.Stored, again.Present, again.Embedded));
        Assert.Equal(8_000, (await fixture.MemoriesAsync(Now)).Count);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(1000, false)]
    [InlineData(1000, true)]
    public async Task Two_lines_whose_made_ids_meet_are_two_memories_in_whatever_order_and_however_often_they_come(int batchRows, bool isBackwards)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var (first, second) = Colliding();
        var options = new ImportOptions(BatchRows: batchRows);
        var report = await ImportAsync(fixture, options, first, second, first, second);
        Assert.Equal((4, 2), (report.Stored, report.Present));
        var stored = await fixture.MemoriesAsync(Now);
        Assert.Equal(2, stored.Count);

        fixture.Clock.Advance(TimeSpan.FromHours(1));
        var again = await ImportAsync(fixture, options, isBackwards ? [second, first] : [first, second]);
        await ImportAsync(fixture, options, second);
        Assert.Equal((2, 2), (again.Stored, again.Present));
        Assert.Equal(stored, await fixture.MemoriesAsync(Now));
    }

    [Fact]
    public async Task A_line_finds_its_memory_also_after_the_one_that_held_its_first_id_is_gone()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var (first, second) = Colliding();
        await ImportAsync(fixture, first, second);
        var kept = (await fixture.MemoriesAsync(Now)).Single(m => second.Contains($"\"{m.Text}\"", StringComparison.Ordinal));
        await fixture.Remover.RemoveAsync(MemoryFilter.Not(MemoryFilter.Ids([kept.Id])), null, Now);

        await ImportAsync(fixture, second);
        Assert.Equal(kept, Assert.Single(await fixture.MemoriesAsync(Now)));
    }

    [Fact]
    public async Task An_import_that_a_failure_cut_off_doubles_nothing_when_it_is_repeated()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now, limits: new GuardOptions(Retries: 0));
        var (first, second) = Colliding();
        string[] lines = [first, Line("I like tea."), second];
        // The lines before are a batch of their own and reach the store; the next one does not.
        await ImportAsync(fixture, first, Line("I like tea."));
        fixture.Store.FailForAMoment("upsert", 1);
        await Assert.ThrowsAsync<MemoryStoreException>(() => ImportAsync(fixture, lines));
        Assert.Equal(2, (await fixture.MemoriesAsync(Now)).Count);
        await fixture.RestartAsync(Now);

        var report = await ImportAsync(fixture, lines);
        Assert.Equal((3, 2), (report.Stored, report.Present));
        Assert.Equal(3, (await fixture.MemoriesAsync(Now)).Count);
        Assert.Equal(3, fixture.TextIndex.Count);
    }

    [Fact]
    public async Task A_memory_of_the_chat_is_not_replaced_by_a_line_whose_made_id_it_holds()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var (first, _) = Colliding();
        await ImportAsync(fixture, first);
        var id = Assert.Single(await fixture.MemoriesAsync(Now)).Id;
        await fixture.Remover.RemoveAsync(MemoryFilter.Everything, null, Now);
        await ImportAsync(fixture, Line("I moved to Lyon.", speaker: "ben", more: $",\"id\":\"{id}\""));

        var report = await ImportAsync(fixture, first);
        Assert.Equal((1, 0), (report.Stored, report.Present));
        Assert.Equal(["ana", "ben"], (await fixture.MemoriesAsync(Now)).Select(m => m.Speaker.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_chat_added_to_an_imported_memory_stays_when_the_line_comes_again()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var line = Line("I like tea.").Replace("\"g\"", "\"guild\"", StringComparison.Ordinal).Replace("\"c\"", "\"general\"", StringComparison.Ordinal);
        await ImportAsync(fixture, line);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "Remember I like tea."));
        await fixture.Worker.DrainAsync(Now);
        var repeated = Assert.Single(await fixture.MemoriesAsync(Now));
        Assert.Equal((Trust.Pinned, "m1"), (repeated.Trust, Assert.Single(repeated.Sources).MessageId));

        await ImportAsync(fixture, line);
        Assert.Equal(repeated, Assert.Single(await fixture.MemoriesAsync(Now)));
    }

    [Fact]
    public async Task Lines_that_bring_an_id_replace_what_has_it_and_are_counted_as_such()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var first = await ImportAsync(fixture, Line("One.", more: ",\"id\":7"), Line("Two.", more: ",\"id\":7"), Line("Three.", more: ",\"id\":8"));
        var second = await ImportAsync(fixture, Line("Four.", more: ",\"id\":7"), Line("Five.", more: ",\"id\":9"));

        Assert.Equal((3, 1), (first.Stored, first.Present));
        Assert.Equal((2, 1), (second.Stored, second.Present));
        Assert.Equal(["Four.", "Three.", "Five."], (await fixture.MemoriesAsync(Now)).Select(m => m.Text));
    }

    [Fact]
    public async Task A_batch_costs_one_read_of_the_store()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var before = fixture.Store.Calls("scan");
        await ImportAsync(fixture, new ImportOptions(BatchRows: 100), [.. Enumerable.Range(0, 300).Select(i => Line($"Fact {i}."))]);
        Assert.Equal(3, fixture.Store.Calls("scan") - before);
    }
}
