using Microsoft.Extensions.Logging.Abstractions;
using Mnemo.Capture;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recall;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class PassingFailureTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Words_become_current_when_the_store_is_back_and_status_says_why_they_were_not()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.SayAsync(Now, CaptureBench.Message("m1", "My dog is called Biscuit."));
        await bench.Worker.DrainAsync(Now);
        bench.Store.FailForAMoment("scan", 3);
        await using var upkeep = Upkeep(bench);

        await PassTimeUntilAsync(upkeep.Done, bench);
        await upkeep.Done;
        Assert.Equal(1, bench.Words.Count);
        Assert.Equal("The line is busy; try again.", (await bench.Outbox.StatusAsync(Now)).LastProblem);
        Assert.True(bench.Clock.GetUtcNow() - CaptureBench.Start >= TimeSpan.FromMilliseconds(200 + 400 + 800));
    }

    [Fact]
    public async Task Words_that_are_found_damaged_while_the_bot_runs_are_filled_again()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.SayAsync(Now, CaptureBench.Message("m1", "My dog is called Biscuit."), CaptureBench.Message("m2", "I live in Lyon."));
        await bench.Worker.DrainAsync(Now);
        await using var upkeep = Upkeep(bench);
        await upkeep.Done;

        WordDamageTests.DamageWords(Path.Combine(bench.Directory, "words.db"));
        await bench.SayAsync(Now, CaptureBench.Message("m3", "I like tea."));
        await bench.Worker.DrainAsync(Now);
        await Eventually.HoldsAsync(() => bench.Words.Count == 3);
        Assert.False(bench.Words.Emptied.IsCompleted);
    }

    [Fact]
    public async Task Words_that_cannot_be_filled_again_are_told_of_and_the_next_damage_is_mended()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.SayAsync(Now, CaptureBench.Message("m1", "My dog is called Biscuit."));
        await bench.Worker.DrainAsync(Now);
        await using var upkeep = Upkeep(bench);
        await upkeep.Done;

        bench.Store.Fail("scan", 1, () => new MemoryStoreException("faulty", "scan", "A record is damaged."));
        AskDamaged();
        await Eventually.HoldsAsync(() => upkeep.Latest != upkeep.Done);
        var failed = upkeep.Latest;
        Assert.Equal("A record is damaged.", (await Assert.ThrowsAsync<MemoryStoreException>(() => failed)).Message);
        Assert.Equal(0, bench.Words.Count);

        AskDamaged();
        await Eventually.HoldsAsync(() => upkeep.Latest != failed);
        await upkeep.Latest;
        Assert.Equal(1, bench.Words.Count);

        void AskDamaged()
        {
            WordDamageTests.DamageWords(Path.Combine(bench.Directory, "words.db"));
            var query = new WordQuery(CaptureBench.Message("q", "dog").Scope, null, "Which dog?");
            Assert.Throws<MemoryStoreException>(() => bench.Words.Search(query, new RecallOptions()));
        }
    }

    [Fact]
    public async Task What_no_waiting_can_mend_ends_the_upkeep_with_its_reason()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        bench.Store.Fail("scan", 1, () => new MemoryStoreException("faulty", "scan", "A record is damaged."));
        await using var upkeep = Upkeep(bench);
        Assert.Equal("A record is damaged.", (await Assert.ThrowsAsync<MemoryStoreException>(() => upkeep.Done)).Message);
    }

    [Fact]
    public async Task Closing_ends_the_waiting_for_a_store_that_stays_away()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        bench.Store.FailForAMoment("scan", 1);
        var upkeep = Upkeep(bench);
        await Eventually.HoldsAsync(async () => (await bench.Outbox.StatusAsync(Now)).LastProblem is not null);
        await upkeep.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upkeep.Done);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_for_a_moment_is_opened_later()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await bench.Control.WriteAsync(c => c.Execute("CREATE TRIGGER away BEFORE INSERT ON router BEGIN SELECT RAISE(ABORT, 'away'); END"), Now);
        var settings = new Dictionary<string, string> { ["vector_database_type"] = "inmemory" };
        var config = ConfigFile.FromValues(settings, bench.Directory).Config!;
        var opener = new StoreOpener(config, new StoreRouter(bench.Control), null, bench.Embedder.Fingerprint, Patience(bench), bench.Clock);
        await using var stores = new MemoryManager(opener.OpenAsync);
        await Eventually.HoldsAsync(async () => (await bench.Outbox.StatusAsync(Now)).LastProblem is not null);

        await bench.Control.WriteAsync(c => c.Execute("DROP TRIGGER away"), Now);
        await PassTimeUntilAsync(stores.Opened, bench);
        Assert.Equal("inmemory", (await stores.ActiveAsync(Now)).Backend.Name);
    }

    private static WordsUpkeep Upkeep(CaptureBench bench)
    {
        var upkeep = new WordsUpkeep(bench.Words, bench.Stores, Patience(bench), NullLogger.Instance);
        upkeep.Begin();
        return upkeep;
    }

    private static Patience Patience(CaptureBench bench) => new(bench.Outbox, bench.Clock, NullLogger.Instance);

    private static async Task PassTimeUntilAsync(Task done, CaptureBench bench)
    {
        while (!done.IsCompleted)
        {
            await Task.Yield();
            bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }
}
