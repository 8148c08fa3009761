using System.Text;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Xunit;

namespace Mnemo.Tests.Privacy;

public sealed class EraserTests
{
    private const string Id = "u-4711-id", Name = "Analisa", Secret = "quokka-31415";

    // The word index splits the secret and holds its parts; the whole of it can never stand there.
    private static readonly string[] Stems = ["quokka", "31415"];

    private static readonly Who Ana = new("test", Id);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forgetting_leaves_no_byte_of_the_person_and_everything_of_the_others()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        var others = (await bench.MemoriesAsync(Now)).Where(m => m.Speaker.Id != Id).ToList();
        var eraser = Eraser(bench);
        var plan = await eraser.PreviewAsync(Ana, Now);
        var privately = $"test:{MemoryScope.Direct}:@{Id}";
        Assert.NotEmpty(await bench.Channels.AllAsync(privately, Now));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        Assert.Equal((4, 1, 5, 2), (plan.Memories, plan.Waiting, plan.Messages, plan.Conversations));
        Assert.True(receipt.IsClean);
        Assert.Equal((4L, 1L, 5L), (Erased(receipt, "store"), Erased(receipt, "outbox"), Erased(receipt, "messages")));
        Assert.Equal(others, await bench.MemoriesAsync(Now));
        Assert.NotNull(await bench.Sessions.FindUserAsync("test", "ben", Now));
        Assert.Equal(1, Assert.Single(await bench.Sessions.WindowsAsync("test:guild:general", 9, Now)).Messages);
        Assert.Empty(await bench.Channels.AllAsync(privately, Now));
        AssertNoByte(bench.Directory);
    }

    [Fact]
    public async Task The_ledger_knows_the_person_and_the_memories_by_hashes_only()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        var erased = (await bench.MemoriesAsync(Now)).First(m => m.Speaker.Id == Id);
        var kept = (await bench.MemoriesAsync(Now)).First(m => m.Speaker.Id != Id);
        var eraser = Eraser(bench);
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        var recorded = Assert.Single(await eraser.Ledger.ReceiptsAsync(10, Now));
        Assert.Equal(receipt.Places, recorded.Places);
        Assert.StartsWith("sha256:", recorded.WhoHash, StringComparison.Ordinal);
        List<SaidWords> words = [.. new[] { erased, kept }.Select(m => new SaidWords(new Who("test", m.Speaker.Id), m.Id, m.At))];
        Assert.Equal([true, false], await eraser.Ledger.AreForgottenAsync(words, Now));
    }

    [Fact]
    public async Task Who_had_switched_remembering_off_stays_unremembered_after_being_forgotten()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        await bench.Privacy.SetAsync("test", Id, PrivacyMode.Off, Now);
        await Eraser(bench).ForgetAsync(Ana, null, Now);
        await bench.RestartAsync(Now);
        Assert.Equal(IntakeOutcome.PrivacyOff, (await bench.Intake.AcceptAsync(Said("m9", "I am back."), Now)).Outcome);
        AssertNoByte(bench.Directory);
    }

    [Theory]
    [InlineData("scan")]
    [InlineData("delete")]
    [InlineData("count")]
    public async Task An_interrupted_forgetting_is_finished_at_the_next_start(string operation)
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        bench.Store.FailForAMoment(operation, 1);
        await Assert.ThrowsAsync<MemoryStoreException>(() => Eraser(bench).ForgetAsync(Ana, null, Now));

        await bench.RestartAsync(Now);
        var receipts = await Eraser(bench).ResumeAsync(Now);
        Assert.True(Assert.Single(receipts).IsClean);
        Assert.DoesNotContain(await bench.MemoriesAsync(Now), m => m.Speaker.Id == Id);
        Assert.Empty(await Eraser(bench).ResumeAsync(Now));
        AssertNoByte(bench.Directory);
    }

    [Fact]
    public async Task Further_places_forget_too_and_stand_on_the_receipt()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        var left = 2L;
        var history = new FurtherPlace("history", (_, _) => Task.FromResult(Interlocked.Exchange(ref left, 0)), (_, _) => Task.FromResult(left));
        var receipt = await Eraser(bench, history).ForgetAsync(Ana, null, Now);
        Assert.Contains(new ErasedPlace("history", 2, 0), receipt.Places);
    }

    [Fact]
    public async Task A_crash_between_store_and_words_leaves_no_words_behind()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        foreach (var memory in (await bench.MemoriesAsync(Now)).Where(m => m.Speaker.Id == Id))
        {
            await bench.Words.IntendAsync([memory.Id], Now);
            await bench.Store.DeleteAsync(memory.Scope, [memory.Id], Erasure.Logical, Now);
        }

        await Eraser(bench).ForgetAsync(Ana, null, Now);
        Assert.Equal(1, bench.Words.Count);
    }

    [Fact]
    public async Task A_crash_before_the_files_were_rewritten_is_finished_without_the_name()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        var eraser = Eraser(bench);
        await eraser.ForgetAsync(Ana, null, Now);
        await bench.Control.WriteAsync(c => c.Execute("UPDATE erasures SET finished_at = NULL, stage = 'Purge'"), Now);
        await bench.RestartAsync(Now);
        Assert.Equal(4, Erased(Assert.Single(await Eraser(bench).ResumeAsync(Now)), "store"));
    }

    [Fact]
    public async Task What_comes_back_with_the_deletion_itself_stands_on_the_receipt()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        await bench.Control.WriteAsync(c => c.Execute("""
            CREATE TRIGGER back AFTER UPDATE OF user ON erasures BEGIN INSERT INTO user_names VALUES ('test', 'u-4711-id', 'Ann', 1); END
            """), Now);
        var eraser = Eraser(bench);
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        Assert.False(receipt.IsClean);
        Assert.Equal(1, receipt.Places.Single(p => p.Name == "names").Left);
        Assert.Equal(receipt.Places, Assert.Single(await eraser.Ledger.ReceiptsAsync(1, Now)).Places);
    }

    [Fact]
    public async Task Forgetting_somebody_unknown_is_a_clean_receipt_of_nothing()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        var receipt = await Eraser(bench).ForgetAsync(new Who("test", "nobody"), null, Now);
        Assert.True(receipt.IsClean);
        Assert.All(receipt.Places, place => Assert.Equal(0, place.Erased));
    }

    [Fact]
    public async Task The_same_id_on_another_platform_is_another_person()
    {
        await using var bench = await CaptureBench.OpenAsync(Now);
        await FillAsync(bench);
        await Eraser(bench).ForgetAsync(new Who("elsewhere", Id), null, Now);
        Assert.Contains(await bench.MemoriesAsync(Now), m => m.Speaker.Id == Id);
    }

    private static Eraser Eraser(CaptureBench bench, params FurtherPlace[] further)
        => new(bench.Control, bench.Outbox, bench.Channels, bench.Remover, further);

    private static long Erased(ErasureReceipt receipt, string place) => receipt.Places.Single(p => p.Name == place).Erased;

    private static ChatMessage Said(string id, string text, string channel = "general")
        => CaptureBench.Message(id, text, channel: channel) with { Scope = new MemoryScope("test", "guild", channel, Id), Speaker = new Speaker(Id, Name) };

    private static async Task FillAsync(CaptureBench bench)
    {
        await bench.SayAsync(Now,
            Said("m1", $"My secret is {Secret}."), Said("m2", $"my secret is {Secret}"), Said("m3", $"Remember that {Secret} is mine."),
            CaptureBench.Message("m4", "I like tea.", speaker: "ben"),
            Said("m5", $"{Secret} in private") with { Scope = new MemoryScope("test", MemoryScope.Direct, "@" + Id, Id) },
            Said("m6", $"{Secret} in sage") with { Scope = new MemoryScope("test", "guild", "general", Id, persona: "sage") });
        await bench.Worker.FlushAsync(Now);
        await bench.Channels.SetAsync($"test:{MemoryScope.Direct}:@{Id}", "persona", "sage", Now);
        await bench.SayAsync(Now, Said("m7", $"{Secret} is still waiting"));
        Assert.All(Stems, stem => Assert.Contains(Directory.EnumerateFiles(bench.Directory, "words.db*"), file => Holds(file, Encoding.UTF8.GetBytes(stem))));
    }

    private static void AssertNoByte(string directory)
    {
        byte[][] needles = [.. new List<string> { Id, Name, Secret }.Concat(Stems).SelectMany(text => new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text) })];
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            Assert.All(needles, needle => Assert.False(Holds(file, needle), $"{Path.GetFileName(file)} holds {Encoding.UTF8.GetString(needle)}"));
    }

    private static bool Holds(string file, byte[] needle)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(needle) >= 0;
    }
}
