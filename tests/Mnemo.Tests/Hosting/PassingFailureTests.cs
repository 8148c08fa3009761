using Microsoft.Extensions.Logging.Abstractions;
using Mnemo.Capture;
using Mnemo.Indexing;
using Mnemo.Localization;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Indexing;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class PassingFailureTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_text_index_becomes_current_when_the_store_is_back_and_status_says_why_it_was_not()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);
        await BehindAsync(fixture);
        fixture.Store.FailForAMoment("scan", 3);
        await using var upkeep = Upkeep(fixture);

        await PassTimeUntilAsync(upkeep.Done, fixture);
        await upkeep.Done;
        Assert.Equal(1, fixture.TextIndex.Count);
        Assert.Equal("The line is busy; try again.", (await fixture.Outbox.StatusAsync(Now)).LastProblem);
        Assert.True(fixture.Clock.GetUtcNow() - CaptureFixture.Start >= TimeSpan.FromMilliseconds(200 + 400 + 800));
    }

    [Fact]
    public async Task A_text_index_that_is_found_damaged_while_the_bot_runs_is_filled_again()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."), CaptureFixture.Message("m2", "I live in Lyon."));
        await fixture.Worker.DrainAsync(Now);
        await using var upkeep = Upkeep(fixture);
        await upkeep.Done;

        TextIndexDamageTests.DamageTextIndex(Path.Combine(fixture.Directory, "words.db"));
        await fixture.SayAsync(Now, CaptureFixture.Message("m3", "I like tea."));
        await fixture.Worker.DrainAsync(Now);
        await Eventually.HoldsAsync(() => fixture.TextIndex.Count == 3);
        Assert.False(fixture.TextIndex.Emptied.IsCompleted);
    }

    [Fact]
    public async Task A_text_index_that_cannot_be_filled_again_is_told_of_and_the_next_damage_is_mended()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);
        await using var upkeep = Upkeep(fixture);
        await upkeep.Done;

        fixture.Store.Fail("scan", 1, () => new MemoryStoreException(StoreErrorKind.Damaged, "faulty", "scan", "A record is damaged."));
        AskDamaged();
        await Eventually.HoldsAsync(() => upkeep.Latest != upkeep.Done);
        var failed = upkeep.Latest;
        Assert.Equal("A record is damaged.", (await Assert.ThrowsAsync<MemoryStoreException>(() => failed)).Message);
        Assert.Equal(0, fixture.TextIndex.Count);

        AskDamaged();
        await Eventually.HoldsAsync(() => upkeep.Latest != failed);
        await upkeep.Latest;
        Assert.Equal(1, fixture.TextIndex.Count);

        void AskDamaged()
        {
            TextIndexDamageTests.DamageTextIndex(Path.Combine(fixture.Directory, "words.db"));
            var query = new TextQuery(CaptureFixture.Message("q", "dog").Scope, null, "Which dog?");
            Assert.Throws<MemoryStoreException>(() => fixture.TextIndex.Search(query, new TextSearchOptions()));
        }
    }

    [Fact]
    public async Task What_no_waiting_can_mend_ends_the_upkeep_with_its_reason()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await BehindAsync(fixture);
        fixture.Store.Fail("scan", 1, () => new MemoryStoreException(StoreErrorKind.Damaged, "faulty", "scan", "A record is damaged."));
        await using var upkeep = Upkeep(fixture);
        Assert.Equal("A record is damaged.", (await Assert.ThrowsAsync<MemoryStoreException>(() => upkeep.Done)).Message);
    }

    [Fact]
    public async Task Closing_ends_the_waiting_for_a_store_that_stays_away()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await BehindAsync(fixture);
        fixture.Store.FailForAMoment("scan", 1);
        var upkeep = Upkeep(fixture);
        await Eventually.HoldsAsync(async () => (await fixture.Outbox.StatusAsync(Now)).LastProblem is not null);
        await upkeep.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upkeep.Done);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_for_a_moment_is_opened_later()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Control.WriteAsync(c => c.Execute("CREATE TRIGGER away BEFORE INSERT ON stores BEGIN SELECT RAISE(ABORT, 'away'); END"), Now);
        var settings = new Dictionary<string, string> { ["vector_database_type"] = "inmemory" };
        var config = ConfigFile.FromValues(settings, fixture.Directory).Config!;
        var opener = new StoreOpener(config, fixture.Embedder, new StoreRouter(fixture.Control), fixture.Log, RetryLoop(fixture), new StartNotices(Strings.For(Strings.English), NullLogger.Instance), fixture.Clock);
        await using var stores = new MemoryManager(opener.OpenAsync);
        await Eventually.HoldsAsync(async () => (await fixture.Outbox.StatusAsync(Now)).LastProblem is not null);

        await fixture.Control.WriteAsync(c => c.Execute("DROP TRIGGER away"), Now);
        await PassTimeUntilAsync(stores.Opened, fixture);
        Assert.Equal("inmemory", (await stores.ActiveAsync(Now)).Backend.Name);
    }

    /// <summary>A write that the text index has not seen, as after a crash.</summary>
    private static Task<LogRange> BehindAsync(CaptureFixture fixture) => fixture.Log.AppendAsync(1, [new MemoryId(1)], WriteOperation.Upsert, Now);

    private static TextIndexUpkeep Upkeep(CaptureFixture fixture)
    {
        var upkeep = new TextIndexUpkeep(fixture.TextIndex, fixture.Writer, fixture.Log, RetryLoop(fixture), NullLogger.Instance);
        upkeep.Begin();
        return upkeep;
    }

    private static RetryLoop RetryLoop(CaptureFixture fixture) => new(fixture.Outbox, fixture.Clock, NullLogger.Instance);

    private static Task PassTimeUntilAsync(Task done, CaptureFixture fixture) => Eventually.HoldsAsync(() =>
    {
        if (!done.IsCompleted) fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        return done.IsCompleted;
    });
}
