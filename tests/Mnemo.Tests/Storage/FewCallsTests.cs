using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Storage;

/// <summary>A store may be far away: what people do costs few calls, whatever the number of rows, speakers and channels.</summary>
public sealed class FewCallsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_of_many_people_is_stored_in_few_calls()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 256).Select(i => CaptureFixture.Message($"m{i}", i % 4 == 0 ? "ok" : $"Fact number {i}.", $"user{i % 50}", atSeconds: i))]);
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal(0, (await fixture.Outbox.StatusAsync(Now)).Pending);
        Assert.InRange(fixture.Store.Log.Count - 1, 2, 10);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("console")]
    public async Task Forgetting_three_hundred_memories_in_a_hundred_channels_takes_few_calls(string platform)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 300).Select(i => CaptureFixture.Message($"m{i}", $"Fact number {i}.", atSeconds: i)
            with { Scope = new MemoryScope(platform, "guild", $"channel{i % 100}", "ana") })]);
        await fixture.Worker.FlushAsync(Now);
        var before = fixture.Store.Log.Count;
        var receipt = await new Eraser(fixture.Control, fixture.Outbox, fixture.Channels, fixture.Remover, []).ForgetAsync(new PersonKey(platform, "ana"), null, Now);
        Assert.Equal(300, receipt.Places.Single(place => place.Name == "store").Erased);
        Assert.InRange(fixture.Store.Log.Count - before, 3, 8);
    }

    [Fact]
    public async Task Lists_of_the_newest_memories_are_few_calls_and_read_no_vectors()
    {
        await using var bot = await TestBot.StartAsync();
        var ana = TestBot.Member("ana", "general");
        for (var i = 0; i < 400; i++) await bot.SayAsync(ana, $"Fact number {i}.");
        await bot.Runtime.Worker.DrainAsync(Now);
        var active = await bot.Runtime.Stores.ActiveAsync(Now);
        var watched = new WatchedStore(active.Store);
        var counted = new FaultyStore(watched);
        await bot.Runtime.Stores.SwapAsync(active with { Store = counted }, Now);

        Assert.Contains("Fact number 399.", await bot.TextOfAsync(TestBot.Operator(), "/memory list_records --n 10"), StringComparison.Ordinal);
        Assert.InRange(counted.Log.Count, 1, 2);
        Assert.Contains("Fact number 399.", await bot.TextOfAsync(ana, "/memory me show"), StringComparison.Ordinal);
        Assert.InRange(counted.Log.Count, 2, 4);
        Assert.All(watched.Scans, scan => Assert.True(scan is { WithVectors: false, IsDescending: true, Limit: 10 }));
    }

    private sealed class WatchedStore(IMemoryStore inner) : PassThroughStore(inner)
    {
        public List<ScanQuery> Scans { get; } = [];

        public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
        {
            Scans.Add(query);
            return base.ScanAsync(query, cancellation);
        }
    }
}
