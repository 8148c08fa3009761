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

    // The text index splits the secret and holds its parts; the whole of it can never stand there.
    private static readonly string[] Stems = ["quokka", "31415"];

    private static readonly PersonKey Ana = new("test", Id);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forgetting_leaves_no_byte_of_the_person_and_everything_of_the_others()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        var others = (await fixture.MemoriesAsync(Now)).Where(m => m.Speaker.Id != Id).ToList();
        var eraser = Eraser(fixture);
        var plan = await eraser.PreviewAsync(Ana, Now);
        var privately = $"test:{MemoryScope.Direct}:@{Id}";
        Assert.NotEmpty(await fixture.Channels.AllAsync(privately, Now));
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        Assert.Equal((4, 1, 5, 2), (plan.Memories, plan.Waiting, plan.Messages, plan.Conversations));
        Assert.True(receipt.IsClean);
        Assert.Equal((4L, 1L, 5L), (Erased(receipt, "store"), Erased(receipt, "outbox"), Erased(receipt, "messages")));
        Assert.Equal(others, await fixture.MemoriesAsync(Now));
        Assert.NotNull(await fixture.Sessions.FindUserAsync("test", "ben", Now));
        Assert.Equal(1, Assert.Single(await fixture.Sessions.WindowsAsync("test:guild:general", 9, Now)).Messages);
        Assert.Empty(await fixture.Channels.AllAsync(privately, Now));
        AssertNoByte(fixture.Directory);
    }

    [Fact]
    public async Task The_ledger_knows_the_person_and_the_memories_by_hashes_only()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        var erased = (await fixture.MemoriesAsync(Now)).First(m => m.Speaker.Id == Id);
        var kept = (await fixture.MemoriesAsync(Now)).First(m => m.Speaker.Id != Id);
        var eraser = Eraser(fixture);
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        var recorded = Assert.Single(await eraser.Ledger.ReceiptsAsync(10, Now));
        Assert.Equal(receipt.Places, recorded.Places);
        Assert.StartsWith("sha256:", recorded.WhoHash, StringComparison.Ordinal);
        List<ImportCandidate> candidates = [.. new[] { erased, kept }.Select(m => new ImportCandidate(new PersonKey("test", m.Speaker.Id), m.Id, m.At))];
        Assert.Equal([true, false], await eraser.Ledger.AreForgottenAsync(candidates, Now));
    }

    [Fact]
    public async Task Who_had_switched_remembering_off_stays_unremembered_after_being_forgotten()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        await fixture.Privacy.SetAsync("test", Id, PrivacyMode.Off, Now);
        await Eraser(fixture).ForgetAsync(Ana, null, Now);
        await fixture.RestartAsync(Now);
        Assert.Equal(IntakeOutcome.PrivacyOff, (await fixture.Intake.AcceptAsync(Said("m9", "I am back."), Now)).Outcome);
        AssertNoByte(fixture.Directory);
    }

    [Theory]
    [InlineData("scan")]
    [InlineData("delete")]
    [InlineData("count")]
    public async Task An_interrupted_forgetting_is_finished_at_the_next_start(string operation)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        fixture.Store.FailForAMoment(operation, 1);
        await Assert.ThrowsAsync<MemoryStoreException>(() => Eraser(fixture).ForgetAsync(Ana, null, Now));

        await fixture.RestartAsync(Now);
        var receipts = await Eraser(fixture).ResumeAsync(Now);
        Assert.True(Assert.Single(receipts).IsClean);
        Assert.DoesNotContain(await fixture.MemoriesAsync(Now), m => m.Speaker.Id == Id);
        Assert.Empty(await Eraser(fixture).ResumeAsync(Now));
        AssertNoByte(fixture.Directory);
    }

    [Fact]
    public async Task Further_places_forget_too_and_stand_on_the_receipt()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var left = 2L;
        var history = new ErasureTarget("history", (_, _) => Task.FromResult(Interlocked.Exchange(ref left, 0)), (_, _) => Task.FromResult(left));
        var receipt = await Eraser(fixture, history).ForgetAsync(Ana, null, Now);
        Assert.Contains(new ErasedPlace("history", 2, 0), receipt.Places);
    }

    [Fact]
    public async Task A_crash_between_store_and_text_index_leaves_nothing_behind()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        foreach (var memory in (await fixture.MemoriesAsync(Now)).Where(m => m.Speaker.Id == Id))
        {
            await fixture.Log.AppendAsync(1, [memory.Id], WriteOperation.Delete, Now);
            await fixture.Store.DeleteAsync([memory.Id], Now);
        }

        await fixture.RestartAsync(Now);

        await Eraser(fixture).ForgetAsync(Ana, null, Now);
        Assert.Equal(1, fixture.TextIndex.Count);
    }

    [Fact]
    public async Task A_crash_before_the_files_were_rewritten_is_finished_without_the_name()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        var eraser = Eraser(fixture);
        await eraser.ForgetAsync(Ana, null, Now);
        await fixture.Control.WriteAsync(c => c.Execute("UPDATE erasures SET finished_at = NULL, stage = 'Purge'"), Now);
        await fixture.RestartAsync(Now);
        Assert.Equal(4, Erased(Assert.Single(await Eraser(fixture).ResumeAsync(Now)), "store"));
    }

    [Fact]
    public async Task What_comes_back_with_the_deletion_itself_stands_on_the_receipt()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        await fixture.Control.WriteAsync(c => c.Execute("""
            CREATE TRIGGER back AFTER UPDATE OF user ON erasures BEGIN INSERT INTO user_names VALUES ('test', 'u-4711-id', 'Ann', 1); END
            """), Now);
        var eraser = Eraser(fixture);
        var receipt = await eraser.ForgetAsync(Ana, null, Now);

        Assert.False(receipt.IsClean);
        Assert.Equal(1, receipt.Places.Single(p => p.Name == "names").Left);
        Assert.Equal(receipt.Places, Assert.Single(await eraser.Ledger.ReceiptsAsync(1, Now)).Places);
    }

    [Fact]
    public async Task Forgetting_somebody_unknown_is_a_clean_receipt_of_nothing()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var receipt = await Eraser(fixture).ForgetAsync(new PersonKey("test", "nobody"), null, Now);
        Assert.True(receipt.IsClean);
        Assert.All(receipt.Places, place => Assert.Equal(0, place.Erased));
    }

    [Fact]
    public async Task The_same_id_on_another_platform_is_another_person()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await FillAsync(fixture);
        await Eraser(fixture).ForgetAsync(new PersonKey("elsewhere", Id), null, Now);
        Assert.Contains(await fixture.MemoriesAsync(Now), m => m.Speaker.Id == Id);
    }

    private static Eraser Eraser(CaptureFixture fixture, params ErasureTarget[] further)
        => new(fixture.Control, fixture.Outbox, fixture.Channels, fixture.Remover, further);

    private static long Erased(ErasureReceipt receipt, string place) => receipt.Places.Single(p => p.Name == place).Erased;

    private static ChatMessage Said(string id, string text, string channel = "general")
        => CaptureFixture.Message(id, text, channel: channel) with { Scope = new MemoryScope("test", "guild", channel, Id), Speaker = new Speaker(Id, Name) };

    private static async Task FillAsync(CaptureFixture fixture)
    {
        await fixture.SayAsync(Now,
            Said("m1", $"My secret is {Secret}."), Said("m2", $"my secret is {Secret}"), Said("m3", $"Remember that {Secret} is mine."),
            CaptureFixture.Message("m4", "I like tea.", speaker: "ben"),
            Said("m5", $"{Secret} in private") with { Scope = new MemoryScope("test", MemoryScope.Direct, "@" + Id, Id, persona: $"aunt {Secret}") },
            Said("m6", $"{Secret} in sage") with { Scope = new MemoryScope("test", "guild", "general", Id, persona: "sage") });
        await fixture.Worker.FlushAsync(Now);
        await fixture.Channels.SetAsync($"test:{MemoryScope.Direct}:@{Id}", "persona", $"aunt {Secret}", Now);
        await fixture.SayAsync(Now, Said("m7", $"{Secret} is still waiting"));
        Assert.All(Stems, stem => Assert.Contains(Directory.EnumerateFiles(fixture.Directory, "words.db*"), file => Holds(file, Encoding.UTF8.GetBytes(stem))));
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
