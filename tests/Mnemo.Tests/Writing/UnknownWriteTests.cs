using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Writing;

public sealed class UnknownWriteTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_of_unknown_outcome_is_read_back_before_the_next_turn(bool hasArrived)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var store = await FallingSilentAsync(fixture);
        var (first, second) = (Make(fixture, 1), Make(fixture, 2));
        await fixture.Writer.UpsertAsync([first], Now);
        store.FallSilent(hasArrived);
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Writer.UpsertAsync([second], Now));
        Assert.Null(Find(fixture, second));
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Writer.UpsertAsync([Make(fixture, 3)], Now));

        store.Return();
        (await fixture.Writer.BeginAsync(Now)).Dispose();
        Assert.Equal(hasArrived ? second.Id : null, Find(fixture, second));
        Assert.Equal(await fixture.Store.CountAsync(MemoryFilter.Everything, Now), fixture.TextIndex.Count);
        await AssertNothingIsReadAgainAsync(fixture);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deletion_of_unknown_outcome_is_read_back_before_the_next_turn(bool hasArrived)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var store = await FallingSilentAsync(fixture);
        var memory = Make(fixture, 1);
        await fixture.Writer.UpsertAsync([memory], Now);
        store.FallSilent(hasArrived);
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Writer.DeleteAsync([memory.Id], Now));
        Assert.Equal(memory.Id, Find(fixture, memory));

        store.Return();
        (await fixture.Writer.BeginAsync(Now)).Dispose();
        Assert.Equal(hasArrived ? null : memory.Id, Find(fixture, memory));
        await AssertNothingIsReadAgainAsync(fixture);
    }

    [Fact]
    public async Task A_write_of_unknown_outcome_before_a_crash_is_read_back_by_the_next_start()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var store = await FallingSilentAsync(fixture);
        store.FallSilent(hasArrived: true);
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Writer.UpsertAsync([Make(fixture, 1)], Now));
        await fixture.RestartAsync(Now);
        Assert.Equal(Sample.Id(1), Find(fixture, Make(fixture, 1)));
    }

    [Fact]
    public async Task A_refused_batch_is_known_not_to_be_written()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        fixture.Store.Fail("upsert", 1, StoreErrorKind.Refused);
        await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Writer.UpsertAsync([Make(fixture, 1)], Now));
        Assert.Equal(1, await SettledAsync(fixture));
    }

    private static async Task AssertNothingIsReadAgainAsync(CaptureFixture fixture)
    {
        Assert.Equal(await fixture.Log.LastAsync(Now), await SettledAsync(fixture));
        var scans = fixture.Store.Calls("scan");
        await fixture.RestartAsync(Now);
        Assert.Equal(scans, fixture.Store.Calls("scan"));
    }

    private static Task<long> SettledAsync(CaptureFixture fixture) => fixture.Writer.SettledAsync(Now);

    private static MemoryId? Find(CaptureFixture fixture, Memory memory) => fixture.TextIndex.FindDuplicate(memory.Scope, memory.Speaker.Id, memory.Text);

    private static Memory Make(CaptureFixture fixture, int id)
        => Sample.Memory(id, $"Fact number {id}.") with { Vector = fixture.Embedder.Embed("x"), Embedding = fixture.Embedder.Fingerprint };

    private static async Task<SilentStore> FallingSilentAsync(CaptureFixture fixture)
    {
        var store = new SilentStore(fixture.Store);
        await fixture.Stores.SwapAsync(fixture.Active(store), Now);
        return store;
    }

    /// <summary>A store whose line breaks before or after a write has arrived, and stays down until it returns.</summary>
    private sealed class SilentStore(IMemoryStore inner) : PassThroughStore(inner)
    {
        private bool _isSilent, _arrives;

        public void FallSilent(bool hasArrived) => (_isSilent, _arrives) = (true, hasArrived);

        public void Return() => _isSilent = false;

        public override async Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        {
            if (!_isSilent || _arrives) await base.UpsertAsync(memories, durability, cancellation);
            Break();
        }

        public override async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
        {
            var deleted = !_isSilent || _arrives ? await base.DeleteAsync(ids, cancellation) : 0;
            Break();
            return deleted;
        }

        public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation)
        {
            Break();
            return base.ScanAsync(query, cancellation);
        }

        private void Break()
        {
            if (_isSilent) throw new MemoryStoreException(StoreErrorKind.Unavailable, "silent", "upsert", "store.failed", "silent", "upsert", "Silence");
        }
    }
}
