using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class DoctorTraceTests
{
    private static readonly MemoryFilter Probes = MemoryFilter.Equal(TextField.Platform, "doctor");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_doctor_rewrites_no_file_and_leaves_neither_a_receipt_nor_a_count()
    {
        await using var bot = await TestBot.StartAsync();
        var store = await SpyAsync(bot, active => new FaultyStore(active.Store));
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(Now);

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        Assert.True(reply.IsSuccess, string.Join('\n', PlainReplies.Render(reply)));
        Assert.Equal((1, 0), (store.Calls("delete"), store.Calls("purge")));
        Assert.Empty(await bot.Runtime.Eraser.Ledger.ReceiptsAsync(10, Now));
        Assert.Equal(1, (await bot.Runtime.Outbox.StatusAsync(Now)).StoredTotal);
        Assert.Null(await bot.Runtime.Sessions.FindUserAsync("doctor", "probe", Now));
    }

    [Fact]
    public async Task A_probe_that_cannot_be_recalled_is_said_and_taken_back()
    {
        await using var bot = await TestBot.StartAsync();
        var store = await SpyAsync(bot, active => new FaultyStore(active.Store));
        store.Fail("search", 1, () => new MemoryStoreException(StoreErrorKind.Misconfigured, "faulty", "search", "The index is away."));

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        Assert.False(reply.IsSuccess);
        Assert.Contains(PlainReplies.Render(reply), line => line.Contains("The index is away.", StringComparison.Ordinal));
        Assert.Equal(0, await store.CountAsync(Probes, Now));
    }

    [Fact]
    public async Task What_is_said_while_the_doctor_counts_does_not_look_like_a_fault()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(Now);
        var storing = Task.CompletedTask;
        await SpyAsync(bot, active => new TalkingStore(active.Store, async () =>
        {
            var ben = TestBot.Member("ben");
            await bot.Runtime.Intake.AcceptAsync(new ChatMessage("late", ben.Scope, ben.Speaker, "I like tea.", bot.Clock.GetUtcNow()), Now);
            storing = bot.Runtime.Worker.DrainAsync(Now);
            // Long enough for it to be stored, if nothing holds it back.
            for (var i = 0; i < 200_000 && !storing.IsCompleted; i++) await Task.Yield();
        }));

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        await storing;
        Assert.True(reply.IsSuccess, string.Join('\n', PlainReplies.Render(reply)));
        Assert.Equal(2, bot.Runtime.TextIndex.Count);
    }

    private static async Task<T> SpyAsync<T>(TestBot bot, Func<ActiveStore, T> wrap)
        where T : IMemoryStore
    {
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        var spy = wrap(active);
        await bot.Runtime.Stores.SwapAsync(active with { Store = spy }, Now);
        return spy;
    }

    /// <summary>Somebody says something right after everything was counted.</summary>
    private sealed class TalkingStore(IMemoryStore inner, Func<Task> speak) : PassThroughStore(inner)
    {
        public override async Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation)
        {
            var count = await Inner.CountAsync(filter, cancellation);
            if (filter == MemoryFilter.Everything) await speak();
            return count;
        }
    }
}
