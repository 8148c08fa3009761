using Mnemo.Embedding;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Capture;

public sealed class StoppedStoreTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreErrorKind.Misconfigured)]
    [InlineData(StoreErrorKind.Damaged)]
    public async Task What_concerns_every_message_leaves_all_of_them_waiting_and_they_are_stored_after_the_remedy(StoreErrorKind kind)
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, [.. Enumerable.Range(0, 1000).Select(i => CaptureFixture.Message($"m{i}", $"Fact number {i}."))]);
        fixture.Store.Fail("upsert", 12, kind);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var running = fixture.Worker.RunAsync(stop.Token);

        var failed = 0;
        await Eventually.HoldsAsync(async () =>
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(50));
            var status = await fixture.Outbox.StatusAsync(Now);
            failed = Math.Max(failed, (int)status.Failed);
            return status is { Pending: 0 };
        });
        await stop.CancelAsync();
        await running;

        Assert.Equal(0, failed);
        Assert.Equal(1000, (await fixture.MemoriesAsync(Now)).Count);
        Assert.InRange(fixture.Store.Calls("upsert"), 13, 20);
        // Twelve pauses, each twice the one before: ten minutes of an outage cost no more calls than that.
        Assert.True(fixture.Clock.GetUtcNow() - CaptureFixture.Start > TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task After_a_swap_to_a_store_of_another_embedding_messages_and_questions_are_embedded_by_its_embedder()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var other = new LocalEmbedder(128);
        await using var next = await NextAsync(fixture, other.Fingerprint);
        await fixture.Stores.SwapAsync(Active(fixture, next, other.Fingerprint) with { Embedder = new SetEmbedder(other, other.Fingerprint) }, Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);

        var memory = Assert.Single(await next.ScanAsync(null, MemoryFilter.Everything, Now).ToListAsync(Now));
        Assert.Equal((other.Fingerprint, 128), (memory.Embedding, memory.Vector.Length));
        Assert.Empty(await fixture.MemoriesAsync(Now));
        var hit = Assert.Single((await RecallAsync(fixture, "What is my dog called?")).Hits);
        Assert.True(hit is { Similarity: > 0.1f, Text: > 0 });
    }

    [Fact]
    public async Task Without_an_embedder_of_the_set_words_answer_and_messages_wait()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit."));
        await fixture.Worker.DrainAsync(Now);
        await fixture.Stores.SwapAsync(fixture.Active(fixture.Store) with { Embedder = null }, Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m2", "I live in Lyon."));

        var refusal = await Assert.ThrowsAsync<MemoryStoreException>(() => fixture.Worker.DrainAsync(Now));
        Assert.Equal("store.embedder.absent", refusal.Text);
        Assert.Equal((1, 0), await fixture.Outbox.StatusAsync(Now) is var s ? (s.Pending, s.Failed) : default);
        Assert.True(Assert.Single((await RecallAsync(fixture, "What is my dog called?")).Hits).Text > 0);

        await fixture.Stores.SwapAsync(fixture.Active(fixture.Store), Now);
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal(2, (await fixture.MemoriesAsync(Now)).Count);
    }

    private static Task<RecallResult> RecallAsync(CaptureFixture fixture, string question)
    {
        var recaller = new Recaller(fixture.Stores, fixture.TextIndex, fixture.Privacy, new RecallOptions(), fixture.Clock);
        return recaller.RecallAsync(new RecallQuery(new MemoryScope("test", "guild", "general", "ana"), new Speaker("ana", "ana"), question), Now);
    }

    private static ActiveStore Active(CaptureFixture fixture, IMemoryStore store, EmbeddingFingerprint embedding)
        => fixture.Active(store) with { Settings = fixture.Settings with { Embedding = embedding, Collection = "next" } };

    private static async Task<IMemoryStore> NextAsync(CaptureFixture fixture, EmbeddingFingerprint embedding)
    {
        var settings = fixture.Settings with { Embedding = embedding, Collection = "next" };
        var backend = Mnemo.Backends.KnownBackends.Find("inmemory");
        var store = new GuardedStore(backend.Open(settings), backend, settings, new GuardOptions());
        await store.PrepareAsync(Now);
        return store;
    }
}
