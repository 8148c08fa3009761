using Mnemo.Backends.InMemory;
using Mnemo.Embedding;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Recall;

public sealed class RecallerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vectors_of_another_model_are_not_compared_even_when_they_are_as_long()
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Cancellation);
        await memory.SayAsync("general", "ana", "Ferrariland", Cancellation);
        var query = new RecallQuery(Remembered.In("general", "ana"), null, "Ferrari");
        Assert.Single((await memory.Recaller(new RecallOptions()).RecallAsync(query, Cancellation)).Hits);

        await using var stores = Manager(memory.Embedder.Fingerprint with { Model = "another" }, _ => new PassThroughStore(memory.Store));
        var recaller = memory.Recaller(new RecallOptions(), stores);
        Assert.Empty((await recaller.RecallAsync(query, Cancellation)).Hits);
    }

    [Fact]
    public async Task The_store_is_not_asked_for_what_would_be_too_far_to_be_told()
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Cancellation);
        await memory.SayAsync("general", "ana", "Ferrariland", Cancellation);
        await memory.SayAsync("general", "ana", "the weather is nice", Cancellation);
        var store = new AskedStore(memory.Store);
        await using var stores = Manager(memory.Embedder.Fingerprint, _ => store);
        var options = new RecallOptions();
        var recaller = memory.Recaller(options, stores);

        Assert.Single((await recaller.RecallAsync(new RecallQuery(Remembered.In("general", "ana"), null, "Ferrari"), Cancellation)).Hits);
        Assert.Equal(1, store.Answered);
        Assert.InRange(store.LeastSimilarity, options.SimilarityFloor - 0.01f, options.SimilarityFloor);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(1f)]
    public async Task Every_floor_that_can_be_configured_is_answered(float floor)
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Cancellation);
        await memory.SayAsync("general", "ana", "Ferrariland", Cancellation);
        await using var stores = Manager(memory.Embedder.Fingerprint, settings => new GuardedStore(memory.Store, InMemoryBackend.Description, settings, new GuardOptions()));
        var recaller = memory.Recaller(new RecallOptions { SimilarityFloor = floor }, stores);

        Assert.Equal(floor < 0 ? 1 : 0, (await recaller.RecallAsync(new RecallQuery(Remembered.In("general", "ana"), null, "Ferrari"), Cancellation)).Hits.Count);
    }

    [Fact]
    public async Task As_many_as_are_asked_for_are_found_by_their_words()
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Cancellation);
        await memory.Writer.UpsertAsync([.. Enumerable.Range(0, 60).Select(i => memory.Make("general", "ana", $"tea number {i}", session: ""))], Cancellation);
        var query = new RecallQuery(Remembered.In("general", "ana"), null, "tea") { Top = 50 };

        Assert.Equal(50, (await memory.Recaller(new RecallOptions()).RecallAsync(query, Cancellation)).Hits.Count(h => h.Text > 0));
    }

    private static MemoryManager Manager(EmbeddingFingerprint fingerprint, Func<StoreSettings, IMemoryStore> open)
    {
        var settings = new StoreSettings("", StoreSettings.DefaultCollection, fingerprint);
        return new MemoryManager(new ActiveStore(InMemoryBackend.Description, settings, open(settings)) { Embedder = LocalEmbedder.For(fingerprint) is { } embedder ? new SetEmbedder(embedder, fingerprint) : null });
    }

    private sealed class AskedStore(IMemoryStore inner) : PassThroughStore(inner)
    {
        public float LeastSimilarity { get; private set; }

        public int Answered { get; private set; }

        public override async Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
        {
            var found = await base.SearchAsync(scope, query, cancellation);
            (LeastSimilarity, Answered) = (query.LeastSimilarity, found.Count);
            return found;
        }
    }
}
