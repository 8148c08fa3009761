using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class DoctorTests
{
    private const int PageBytes = 4096;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_doctor_is_content_with_a_healthy_bot_and_leaves_nothing_behind()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "My dog is called Biscuit.");
        await bot.Runtime.DrainAsync(Now);

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        var text = string.Join('\n', PlainReplies.Render(reply));
        Assert.True(reply.IsSuccess, text);
        Assert.Contains("every page of control.db is whole", text, StringComparison.Ordinal);
        Assert.Equal(1, await bot.RecordsAsync());
    }

    [Fact]
    public async Task The_doctor_finds_a_torn_page_of_the_control_state()
    {
        await using var bot = await FilledAsync();
        await DamageAsync(bot, bytes => bytes.AsSpan().IndexOf("channel-0150"u8) / PageBytes * PageBytes);

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        Assert.False(reply.IsSuccess);
        Assert.Contains(PlainReplies.Render(reply), line => line.StartsWith("✗ control:", StringComparison.Ordinal) && line.Contains("control.db is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_doctor_finds_what_does_not_add_up_in_the_control_state()
    {
        const int freePagesOffset = 36;
        await using var bot = await FilledAsync();
        await DamageAsync(bot, _ => freePagesOffset);

        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");

        Assert.False(reply.IsSuccess);
        Assert.Contains(PlainReplies.Render(reply), line => line.StartsWith("✗ control state: control.db is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_and_status_show_what_a_faulty_store_would_have_leaked()
    {
        await using var bot = await TestBot.StartAsync();
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        var faulty = new FaultyStore(active.Store) { Answers = [new Match(Sample.Memory(1, "theirs", Sample.Elsewhere), 1)] };
        Assert.DoesNotContain("held back", await bot.TextOfAsync(TestBot.Operator(), "/memory status"), StringComparison.Ordinal);
        await bot.Runtime.Stores.SwapAsync(active with { Store = new GuardedStore(faulty, active.Backend, active.Settings, new GuardOptions()) }, Now);

        await bot.TextOfAsync(TestBot.Member("ana"), "/memory recall tea");

        Assert.Contains("1 wrong answer of the store held back", await bot.TextOfAsync(TestBot.Operator(), "/memory status"), StringComparison.Ordinal);
        var reply = await bot.RunAsync(TestBot.Operator(), "/memory doctor");
        Assert.False(reply.IsSuccess);
        Assert.Contains(PlainReplies.Render(reply), line => line.StartsWith("✗ isolation: the inmemory store answered", StringComparison.Ordinal));
    }

    private static async Task<TestBot> FilledAsync()
    {
        var bot = await TestBot.StartAsync();
        for (var i = 0; i < 300; i++) await bot.Runtime.Channels.SetAsync($"console:console:channel-{i:0000}", "persona", new string('x', 40), Now);
        await bot.Runtime.Control.PurgeAsync(Now);
        return bot;
    }

    private static async Task DamageAsync(TestBot bot, Func<byte[], int> place)
    {
        await using var file = new FileStream(bot.Runtime.Control.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Now);
        file.Position = place(bytes);
        await file.WriteAsync(new byte[] { 0x5A, 0x5A, 0x5A, 0x5A }, Now);
    }
}
