using System.Diagnostics;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Commands;

/// <summary>What people wait for, while the store is slow, hangs or is away.</summary>
public sealed class AwayStoreTests
{
    private const string Dog = "My dog is called Biscuit.", Question = "What is my dog called?";

    private static readonly CommandCaller Ana = TestBot.Member("ana", "general");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_answers_while_a_swap_waits_for_a_writer()
    {
        await using var bot = await TestBot.StartAsync();
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        var writer = await bot.Runtime.Stores.BeginWriteAsync(Now);
        var swap = bot.Runtime.Stores.SwapAsync(active, Now);
        Assert.Contains("inmemory", await bot.TextOfAsync(TestBot.Operator(), "/memory status").WaitAsync(Eventually.Longest, Now), StringComparison.Ordinal);
        Assert.False(swap.IsCompleted);
        writer.Dispose();
        await swap;
    }

    [Fact]
    public async Task A_question_is_answered_from_what_there_is_while_writes_hang()
    {
        await using var bot = await TestBot.StartAsync();
        var faulty = await WithDogAsync(bot);
        var hanging = faulty.Hold("upsert");
        await bot.SayAsync(Ana, "I live in Lyon.");
        await faulty.Hanging;

        var before = bot.Clock.GetUtcNow();
        var turn = await PassTimeAsync(bot, bot.SayAsync(Ana, Question, isToBot: true));
        Assert.Contains(Dog, turn.Answer!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("away", turn.Answer.Text, StringComparison.Ordinal);
        Assert.InRange(bot.Clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.True((await bot.Runtime.Outbox.StatusAsync(Now)).Pending > 0);
        hanging.SetResult();
    }

    [Fact]
    public async Task A_question_does_not_wait_for_thousands_of_waiting_messages()
    {
        await using var bot = await TestBot.StartAsync();
        await WithDogAsync(bot, slowMs: 50);
        using (await bot.Runtime.Stores.BeginWriteAsync(Now))
        {
            await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => bot.Runtime.Intake.AcceptAsync(
                new ChatMessage($"w{i}", Ana.Scope, Ana.Speaker, $"Fact number {i}.", bot.Clock.GetUtcNow()), Now)));
        }

        var turn = await PassTimeAsync(bot, bot.SayAsync(Ana, Question, isToBot: true));
        Assert.Contains(Dog, turn.Answer!.Text, StringComparison.Ordinal);
        Assert.True((await bot.Runtime.Outbox.StatusAsync(Now)).Pending > 0, "The question has waited for every message.");
    }

    [Fact]
    public async Task A_store_that_is_away_is_said_to_be_away_in_time_and_its_first_answer_ends_that()
    {
        await using var bot = await TestBot.StartAsync();
        var faulty = await WithDogAsync(bot);
        var away = new List<TaskCompletionSource> { faulty.Hold("search"), faulty.Hold("get"), faulty.Hold("count"), faulty.Hold("scan") };
        var active = await bot.Runtime.Stores.ActiveAsync(Now);

        var asking = bot.SayAsync(Ana, Question, isToBot: true);
        await Eventually.HoldsAsync(() => faulty.Calls("search") > 0 && faulty.Calls("get") > 0);
        Assert.False(asking.IsCompleted);
        bot.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("away", (await asking.WaitAsync(Eventually.Longest, Now)).Answer!.Text, StringComparison.Ordinal);
        Assert.True(active.IsAway);

        // While it is known to be away, nobody waits for it and nobody asks it.
        var calls = faulty.Log.Count;
        var recaller = bot.Runtime.Recaller;
        var query = new RecallQuery(Ana.Scope, Ana.Speaker, Question);
        Assert.True((await recaller.RecallAsync(query, Now)).IsStoreAway);
        Assert.Equal(calls, faulty.Log.Count);
        var status = await bot.TextOfAsync(TestBot.Operator(), "/memory status");
        Assert.Contains("does not answer at the moment", status, StringComparison.Ordinal);

        away.ForEach(held => held.SetResult());
        bot.Clock.Advance(TimeSpan.FromSeconds(1.5));
        var back = await recaller.RecallAsync(query, Now);
        Assert.False(back.IsStoreAway);
        Assert.Equal(Dog, back.Hits[0].Memory.Text);
        Assert.False(active.IsAway);
    }

    [Fact]
    public async Task Writes_that_fail_do_not_keep_questions_from_the_store()
    {
        await using var bot = await TestBot.StartAsync(("guard.retries", "0"));
        var faulty = await WithDogAsync(bot);
        faulty.Fail("upsert", 1, StoreErrorKind.Unavailable);
        using (var ticket = await bot.Runtime.Writer.BeginAsync(Now))
        {
            var memories = await ReadAsync(ticket.Store);
            await Assert.ThrowsAsync<MemoryStoreException>(() => bot.Runtime.Writer.UpsertAsync(ticket, memories, Now));
        }

        Assert.False((await bot.Runtime.Stores.ActiveAsync(Now)).IsAway);
        var result = await bot.Runtime.Recaller.RecallAsync(new RecallQuery(Ana.Scope, Ana.Speaker, Question), Now);
        Assert.False(result.IsStoreAway);
        Assert.NotEmpty(result.Hits);
    }

    private static async Task<List<Memory>> ReadAsync(IMemoryStore store) => await store.ScanAsync(null, MemoryFilter.Everything, Now).ToListAsync(Now);

    /// <summary>A bot that has been told one thing, on a store that can be made to fail.</summary>
    private static async Task<FaultyStore> WithDogAsync(TestBot bot, int slowMs = 0)
    {
        await bot.SayAsync(Ana, Dog);
        await bot.Runtime.Worker.DrainAsync(Now);
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        var faulty = new FaultyStore(slowMs == 0 ? active.Store : new SlowStore(active.Store, slowMs));
        var guarded = new GuardedStore(faulty, active.Backend, active.Settings, bot.Runtime.Config.GuardOptions);
        await bot.Runtime.Stores.SwapAsync(active with { Store = guarded }, Now);
        return faulty;
    }

    // The clock of the bot goes as fast as ours while it is waited for.
    private static async Task<T> PassTimeAsync<T>(TestBot bot, Task<T> task)
    {
        var (clock, passed) = (Stopwatch.StartNew(), TimeSpan.Zero);
        await Eventually.HoldsAsync(() =>
        {
            var now = clock.Elapsed;
            bot.Clock.Advance(now - passed);
            passed = now;
            return task.IsCompleted;
        });
        return await task;
    }

    /// <summary>A store that is far away: each call takes a while.</summary>
    private sealed class SlowStore(IMemoryStore inner, int milliseconds) : PassThroughStore(inner)
    {
        public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        {
            // Takes its time, as a store that is far away does; nobody is synchronised by it.
            cancellation.WaitHandle.WaitOne(milliseconds);
            await base.UpsertAsync(memories, durability, cancellation);
        }
    }
}
