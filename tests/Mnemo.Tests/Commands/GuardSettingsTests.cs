using Mnemo.Privacy;
using Mnemo.Tests.Capture;
using Mnemo.Transfer;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class GuardSettingsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_becomes_more_memories_than_a_batch_may_hold_is_stored()
    {
        await using var bot = await TestBot.StartAsync(("guard.batch_rows", "1"));
        await bot.SayAsync(TestBot.Member("ana", "general"), string.Concat(Enumerable.Range(0, 900).Select(i => $"Sentence {i} is here. ")));
        await bot.Runtime.Worker.DrainAsync(Now);
        Assert.Equal((0, 0), await bot.Runtime.Outbox.StatusAsync(Now) is var s ? (s.Pending, s.Failed) : default);
        Assert.Equal(3, await bot.RecordsAsync());
    }

    [Fact]
    public async Task An_import_writes_no_more_at_once_than_a_batch_may_hold()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now, limits: new(MaxBatchRows: 2));
        var importer = new JsonlImporter(fixture.Stores, fixture.Writer, new DeletionLedger(fixture.Control), fixture.Clock);
        var lines = Enumerable.Range(0, 5).Select(i => $$$"""{"scope":{"platform":"test","guild":"g","channel":"c","subject":"ana"},"speaker":{"id":"ana"},"text":"Fact {{{i}}}."}""");
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        Assert.Equal(5, (await importer.ImportAsync(stream, new ImportOptions(), null, Now)).Stored);
        Assert.Equal(3, fixture.Store.Calls("upsert"));
    }
}
