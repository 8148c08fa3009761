using System.Text;
using Mnemo.Embedding;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Mnemo.Transfer;
using Xunit;
using static Mnemo.Tests.Transfer.ImportedLines;

namespace Mnemo.Tests.Privacy;

/// <summary>At the console a person is a name. However it is written, what they said is theirs to see and to have forgotten.</summary>
public sealed class ConsoleNameTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ANA")]
    [InlineData("Ana")]
    [InlineData(" aNa ")]
    public async Task What_is_imported_under_any_spelling_is_shown_answered_and_forgotten_as_that_person(string spelling)
    {
        await using var bot = await TestBot.StartAsync();
        var report = await ImportAsync(bot, Private(spelling, "My dog is called Biscuit."), Line("I moved to Lyon.", spelling, "console"));
        Assert.Equal((2, 0), (report.Stored, report.Bad));
        Assert.Contains("Biscuit", (await bot.SayAsync(TestBot.Member("ana"), "What is my dog called?")).Answer!.Text, StringComparison.Ordinal);
        Assert.Contains("Lyon", await bot.TextOfAsync(TestBot.Member("ana"), "/memory me show"), StringComparison.Ordinal);
        Assert.Contains("Biscuit", await bot.TextOfAsync(TestBot.Member("ana"), "/memory me export"), StringComparison.Ordinal);

        Assert.True((await bot.RunAsync(TestBot.Member("ana"), "/memory me forget --confirm")).IsSuccess);
        Assert.Equal(0, await bot.RecordsAsync());
        Assert.DoesNotContain("Biscuit", (await bot.SayAsync(TestBot.Member("ana"), "What is my dog called?")).Answer!.Text, StringComparison.Ordinal);

        bot.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await ImportAsync(bot, Line("I moved to Lyon.", spelling.ToUpperInvariant(), "console"));
        Assert.Equal((0, 1), (again.Stored, again.Forgotten));
    }

    [Theory]
    [InlineData("ana")]
    [InlineData("ANA")]
    [InlineData("aNa")]
    public async Task What_an_earlier_version_stored_as_it_was_written_is_forgotten_under_every_name_of_the_person(string asked)
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana"), "I like tea.");
        await bot.SayAsync(TestBot.Member("ben"), "I like coffee.");
        await bot.MemoriesAsync();
        await StoreAsWrittenAsync(bot, "ANA", "Ana", "aNA", " ana", "anna", "ben");
        var caller = TestBot.Member("ana") with { Speaker = new Speaker("ana", asked) };

        var preview = await bot.TextOfAsync(caller, "/memory me forget");
        Assert.Matches(@"memories\s+5\b|\b5\b", preview);
        var reply = await bot.RunAsync(caller, "/memory me forget --confirm");
        Assert.True(reply.IsSuccess);
        Assert.Equal(["anna", "ben", "ben"], (await bot.MemoriesAsync()).Select(m => m.Speaker.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_switched_memory_off_is_silent_under_the_usual_spellings_too()
    {
        await using var bot = await TestBot.StartAsync();
        await StoreAsWrittenAsync(bot, "ANA", "Ana");
        await bot.RunAsync(TestBot.Member("ana"), "/memory me privacy off");
        Assert.Equal(["ana", "ANA", "Ana"], await bot.Runtime.Privacy.SilencedAsync("console", Now));
    }

    [Fact]
    public async Task On_other_platforms_an_id_is_kept_letter_by_letter()
    {
        await using var bot = await TestBot.StartAsync();
        await ImportAsync(bot, Line("I like tea.", "ANA"), Line("I like tea.", "ana"));
        Assert.Equal(["ANA", "ana"], (await bot.MemoriesAsync()).Select(m => m.Speaker.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("test", "", "'speaker.id' is blank")]
    [InlineData("console", "  ", "'speaker.id' is blank")]
    [InlineData("console", "*", "'speaker.id' cannot be a name at the console")]
    [InlineData("console", "NULL", "'speaker.id' cannot be a name at the console")]
    public async Task A_speaker_whom_nobody_could_ever_forget_is_a_bad_line(string platform, string id, string reason)
    {
        await using var bot = await TestBot.StartAsync();
        var line = Line("I like tea.", "ana", platform).Replace("\"speaker\":{\"id\":\"ana\"}", $"\"speaker\":{{\"id\":\"{id}\"}}", StringComparison.Ordinal);
        var report = await ImportAsync(bot, line);
        Assert.Contains(reason, Assert.Single(report.BadLines).Reason, StringComparison.Ordinal);
        Assert.Equal(0, await bot.RecordsAsync());
    }

    private static string Private(string name, string text)
        => Line(text, name, "console").Replace("\"guild\":\"g\",\"channel\":\"c\"", $"\"guild\":\"@direct\",\"channel\":\"@{name.Trim()}\"", StringComparison.Ordinal);

    private static async Task<ImportReport> ImportAsync(TestBot bot, params IReadOnlyList<string> lines)
    {
        MnemoRuntime runtime = bot.Runtime;
        await runtime.TextIndexReady.WaitAsync(Now);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return await new JsonlImporter(runtime.Stores, runtime.Writer, runtime.Eraser.Ledger, runtime.Clock)
            .ImportAsync(stream, new ImportOptions(), null, Now);
    }

    private static async Task StoreAsWrittenAsync(TestBot bot, params IReadOnlyList<string> names)
    {
        var embedder = new LocalEmbedder(bot.Runtime.Config.EmbeddingDimension);
        using var lease = await bot.Runtime.Stores.LeaseAsync(Now);
        await lease.Store.UpsertAsync([.. names.Select((name, i) => new Memory
        {
            Id = new MemoryId(i + 1),
            Scope = new MemoryScope("console", "console", "general", name),
            Speaker = new Speaker(name, name),
            Text = $"Fact {i}.",
            RecordedAt = bot.Clock.GetUtcNow(),
            Embedding = embedder.Fingerprint,
            Vector = embedder.Embed($"Fact {i}."),
        })], Now);
    }
}
