using Microsoft.Data.Sqlite;
using Mnemo.Plugin.Commands;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class DoctorSampleTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_doctor_asks_the_text_index_for_the_words_of_each_sampled_record()
    {
        await using var bot = await FilledAsync();
        await SpoilAsync(bot, "DELETE FROM words WHERE rowid = 2");

        var lines = await ExamineAsync(bot);

        var lost = (await bot.MemoriesAsync()).Single(m => m.Text == "My cat is called Muffin.").Id;
        Assert.Contains(lines, line => line.StartsWith("✓ index: 3 records, 3 in the", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"✗ text index: of 3 sampled records these are not found by their own words: {lost};", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Words_of_another_text_are_not_the_own_words_of_a_record()
    {
        await using var bot = await FilledAsync();
        await SpoilAsync(bot, "DELETE FROM words WHERE rowid = 2; INSERT INTO words (rowid, scope, own) SELECT 2, scope, 'biscuit' FROM (SELECT 'nowhere' AS scope)");

        Assert.Contains(await ExamineAsync(bot), line => line.StartsWith("✗ text index: of 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_words_of_another_record_do_not_stand_for_the_own_words_of_a_record()
    {
        await using var bot = await FilledAsync();
        foreach (var text in (string[])["I drink green tea", "green tea I drink"]) await bot.SayAsync(TestBot.Member("ana"), text);
        await bot.Runtime.DrainAsync(Now);
        await SpoilAsync(bot, "DELETE FROM words WHERE rowid = 5");

        Assert.Contains(await ExamineAsync(bot), line => line.StartsWith("✗ text index: of 5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_doctor_asks_the_store_for_the_vector_of_each_sampled_record()
    {
        await using var bot = await FilledAsync();
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        await bot.Runtime.Stores.SwapAsync(active with { Store = new FaultyStore(active.Store) { Answers = [] } }, Now);

        var lines = await ExamineAsync(bot);

        Assert.Contains(lines, line => line.StartsWith("✗ search: of 3 sampled records these are not found:", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("✓ text index: all of 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Records_that_are_hard_to_find_are_no_fault_of_the_index()
    {
        await using var bot = await FilledAsync();
        var (ana, long_) = (TestBot.Member("ana"), string.Join(' ', Enumerable.Range(0, 800).Select(i => $"word{i}")));
        foreach (var text in (string[])["🤫", "!!", "茶", "the of and", "NEAR(a b) OR \"c\" - * ^", long_]) await bot.SayAsync(ana, text);
        await bot.Runtime.DrainAsync(Now);

        Assert.Contains(await ExamineAsync(bot), line => line.StartsWith("✓ text index: all of 9", StringComparison.Ordinal));
    }

    private static async Task<TestBot> FilledAsync()
    {
        var bot = await TestBot.StartAsync();
        foreach (var text in (string[])["My dog is called Biscuit.", "My cat is called Muffin.", "I moved to Lyon."]) await bot.SayAsync(TestBot.Member("ana"), text);
        await bot.Runtime.DrainAsync(Now);
        return bot;
    }

    private static async Task<IReadOnlyList<string>> ExamineAsync(TestBot bot) => [.. PlainReplies.Render(await bot.RunAsync(TestBot.Operator(), "/memory doctor"))];

    private static async Task SpoilAsync(TestBot bot, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(bot.DataDirectory, "words.db")};Pooling=False");
        await connection.OpenAsync(Now);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Now);
    }
}
