using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class CaptureWorkerTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_said_can_be_asked_for_on_the_next_line()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit.") with { Link = "https://example.org/m1" });
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        await fixture.Worker.DrainAsync(Now);

        var memory = Assert.Single(await fixture.MemoriesAsync(Now));
        Assert.Equal(new Memory
        {
            Id = MemoryId.From(CaptureFixture.Start, "m1", 0),
            Scope = new MemoryScope("test", "guild", "general", "ana"),
            Speaker = new Speaker("ana", "ana"),
            Text = "My dog is called Biscuit.",
            Session = $"test:guild:general#{CaptureFixture.Start.ToUnixTimeMilliseconds()}",
            Sources = [new SourceMessage("m1", "https://example.org/m1", CaptureFixture.Start)],
            SpokenAt = CaptureFixture.Start,
            RecordedAt = CaptureFixture.Start,
            Vector = fixture.Embedder.Embed("My dog is called Biscuit."),
            Embedding = fixture.Embedder.Fingerprint,
        }, memory);
        Assert.Equal(1, fixture.TextIndex.Count);
        Assert.Equal((0, 1, CaptureFixture.Start.AddSeconds(3)), await fixture.Outbox.StatusAsync(Now) is var s ? (s.Pending, s.StoredTotal, s.LastStoredAt) : default);
    }

    [Fact]
    public async Task Repetitions_collapse_into_the_first_with_all_their_sources()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."), CaptureFixture.Message("m2", "my DOG is  called Biscuit!", atSeconds: 1));
        await fixture.Worker.DrainAsync(Now);
        await fixture.SayAsync(Now,
            CaptureFixture.Message("m3", "Remember: my dog is called Biscuit", atSeconds: 2),
            CaptureFixture.Message("m4", "My dog is called Biscuit.", speaker: "ben"),
            CaptureFixture.Message("m5", "My dog is called Biscuit.", channel: "elsewhere"));
        await fixture.Worker.DrainAsync(Now);

        var memories = await fixture.MemoriesAsync(Now);
        Assert.Equal(3, memories.Count);
        var first = memories.Single(m => m.Sources.Count > 1);
        Assert.Equal(["m1", "m2", "m3"], first.Sources.Select(s => s.MessageId));
        Assert.Equal(("My dog is called Biscuit.", 3, Trust.Pinned, 1f), (first.Text, first.Revision, first.Trust, first.Importance));
        Assert.Equal(3, (await fixture.Outbox.StatusAsync(Now)).StoredTotal);
    }

    [Fact]
    public async Task A_phrase_with_all_the_sources_that_it_can_hold_counts_further_ones()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now, new CaptureOptions(BatchRows: 500));
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 1500).Select(i => CaptureFixture.Message($"m{i}", "ok", atSeconds: i))]);
        await fixture.Worker.DrainAsync(Now);
        var full = Assert.Single(await fixture.MemoriesAsync(Now));
        Assert.Null(PortableRecord.Flaw(full));
        Assert.Equal(1500, full.Sources.Count + full.Repetitions);
        Assert.InRange(full.Repetitions, 1, 1000);

        await fixture.SayAsync(Now, CaptureFixture.Message("n1", "ok", atSeconds: 2000), CaptureFixture.Message("n2", "Ok!", atSeconds: 2001));
        await fixture.Worker.DrainAsync(Now);
        var more = Assert.Single(await fixture.MemoriesAsync(Now));
        Assert.Equal((full.Sources.Count, full.Repetitions + 2), (more.Sources.Count, more.Repetitions));
        Assert.Equal((0, 1), await fixture.Outbox.StatusAsync(Now) is var s ? (s.Pending, s.StoredTotal) : default);

        await fixture.SayAsync(Now, CaptureFixture.Message("n3", "Remember: ok", atSeconds: 2002), CaptureFixture.Message("n4", "ok", atSeconds: 2003));
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal(Trust.Pinned, Assert.Single(await fixture.MemoriesAsync(Now)).Trust);
    }

    [Fact]
    public async Task A_crash_between_storing_and_marking_makes_no_double()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m0", "I live in Lyon."));
        await fixture.Worker.DrainAsync(Now);
        await fixture.SayAsync(Now,
            CaptureFixture.Message("m1", "My dog is called Biscuit.", atSeconds: 1), CaptureFixture.Message("m2", "I live in Lyon!", atSeconds: 2),
            CaptureFixture.Message("m3", "my dog is called biscuit", atSeconds: 3), CaptureFixture.Message("m4", "Bye.", atSeconds: 8000));
        var waiting = await fixture.Control.ReadAsync(c => c.Query("SELECT sequence, platform, message, speaker, question, queued_at, payload FROM outbox",
            r => Enumerable.Range(0, 7).Select(r.GetValue).ToArray()), Now);
        await fixture.Worker.DrainAsync(Now);
        var before = await fixture.MemoriesAsync(Now);

        // The state as it was before the rows were marked, with the store as it was after it was written.
        await fixture.Control.WriteAsync(c =>
        {
            foreach (var row in waiting) c.Execute("INSERT INTO outbox (sequence, platform, message, speaker, question, queued_at, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)", row);
            c.Execute("DELETE FROM messages WHERE message <> 'm0'");
            c.Execute("DELETE FROM sessions WHERE number > 1");
            c.Execute("UPDATE facts SET value = 1 WHERE name = 'stored_total'");
        }, Now);
        await fixture.RestartAsync(Now);
        await fixture.Worker.DrainAsync(Now);

        Assert.Equal(3, before.Count);
        Assert.Equal(before, await fixture.MemoriesAsync(Now));
        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((0, 3), (status.Pending, status.StoredTotal));
    }

    [Fact]
    public async Task An_id_that_another_memory_holds_is_passed_over()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var message = CaptureFixture.Message("m1", "My dog is called Biscuit.");
        Memory Holder(int ordinal) => new()
        {
            Id = MemoryId.From(CaptureFixture.Start, "m1", ordinal),
            Scope = new MemoryScope("other", "guild", "private", "zoe"),
            Speaker = new Speaker("zoe", "Zoe"),
            Text = $"held {ordinal}",
            Sources = [new SourceMessage("m1")],
            RecordedAt = CaptureFixture.Start,
            Vector = fixture.Embedder.Embed("held"),
            Embedding = fixture.Embedder.Fingerprint,
        };
        await fixture.Writer.UpsertAsync([Holder(0), Holder(1)], Now);
        await fixture.SayAsync(Now, message);
        await fixture.Worker.DrainAsync(Now);

        var memories = await fixture.MemoriesAsync(Now);
        Assert.Equal(3, memories.Count);
        Assert.Equal(MemoryId.From(CaptureFixture.Start, "m1", 2), memories.Single(m => m.Scope.Platform == "test").Id);
    }

    [Fact]
    public async Task A_text_too_long_for_one_memory_keeps_its_ids_when_it_is_repeated()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        fixture.Store.FailForAMoment("upsert", 1);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", string.Concat(Enumerable.Range(0, 900).Select(i => $"Sentence {i} is here. "))));
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Worker.DrainAsync(Now));
        await fixture.Worker.DrainAsync(Now);
        var memories = await fixture.MemoriesAsync(Now);
        Assert.Equal(Enumerable.Range(0, memories.Count).Select(i => MemoryId.From(CaptureFixture.Start, "m1", i)).Order(), memories.Select(m => m.Id));
    }

    [Fact]
    public async Task Flushing_closes_the_windows()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "Hello there."));
        await fixture.Worker.FlushAsync(Now);
        Assert.Equal("end", Assert.Single(await fixture.Sessions.WindowsAsync("test:guild:general", 5, Now)).Reason);
    }

    [Fact]
    public async Task A_refused_message_is_set_aside_and_the_others_go_on()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 8).Select(i => CaptureFixture.Message($"m{i}", $"Fact number {i}."))]);

        // The batch, its first half, the first quarter and its first row are refused: one bad row.
        fixture.Store.Fail("upsert", 4, () => new MemoryStoreException(StoreErrorKind.Refused, "faulty", "upsert", "The row is too odd."));
        await fixture.Worker.DrainAsync(Now);

        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((0, 1, 7, "The row is too odd."), (status.Pending, status.Failed, status.StoredTotal, status.LastProblem));
        Assert.DoesNotContain(await fixture.MemoriesAsync(Now), m => m.Text == "Fact number 0.");
        Assert.Equal(1, await fixture.Outbox.RetryFailedAsync(Now));
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal(8, (await fixture.MemoriesAsync(Now)).Count);
    }
}
