using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Capture;

/// <summary>A store may show a write late to whoever does not ask for a consistent read.</summary>
public sealed class LateStoreTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_phrase_said_three_times_is_one_memory_on_a_store_that_shows_writes_late()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Stores.SwapAsync(fixture.Active(new LateStore(fixture.Store)), Now);
        for (var i = 0; i < 3; i++)
        {
            await fixture.SayAsync(Now, CaptureFixture.Message($"m{i}", "My dog is called Biscuit.", atSeconds: i));
            await fixture.Worker.DrainAsync(Now);
        }

        Assert.Equal(3, Assert.Single(await fixture.MemoriesAsync(Now)).Sources.Count);
    }

    [Fact]
    public async Task Forgetting_leaves_none_on_a_store_that_shows_writes_late()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Stores.SwapAsync(fixture.Active(new LateStore(fixture.Store)), Now);
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 5).Select(i => CaptureFixture.Message($"m{i}", $"Fact number {i}."))]);
        await fixture.Worker.DrainAsync(Now);

        var eraser = new Eraser(fixture.Control, fixture.Outbox, fixture.Channels, fixture.Remover, []);
        Assert.Equal(5, (await eraser.PreviewAsync(new PersonKey("test", "ana"), Now)).Memories);
        var receipt = await eraser.ForgetAsync(new PersonKey("test", "ana"), null, Now);
        Assert.True(receipt.IsClean);
        Assert.Equal(5, receipt.Places.Single(place => place.Name == "store").Erased);
        Assert.Empty(await fixture.MemoriesAsync(Now));
        Assert.Equal(0, fixture.TextIndex.Count);
    }

    /// <summary>To a reader who does not ask for more, nothing of the last writes is there yet.</summary>
    private sealed class LateStore(IMemoryStore inner) : PassThroughStore(inner)
    {
        private readonly HashSet<MemoryId> _late = [];

        public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        {
            _late.UnionWith(memories.Select(m => m.Id));
            return base.UpsertAsync(memories, durability, cancellation);
        }

        public override async Task<IReadOnlyList<Memory>> GetAsync(MemoryScope scope, IReadOnlyList<MemoryId> ids, ReadConsistency consistency, CancellationToken cancellation)
            => [.. (await base.GetAsync(scope, ids, consistency, cancellation)).Where(m => consistency == ReadConsistency.Strong || !_late.Contains(m.Id))];

        public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
            => base.ScanAsync(query, cancellation).Where(row => query.Consistency == ReadConsistency.Strong || !_late.Contains(row.Id));
    }
}
