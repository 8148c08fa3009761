using Mnemo.Backends.InMemory;
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

        var settings = new StoreSettings(scratch.Path, StoreSettings.DefaultCollection, memory.Embedder.Fingerprint with { Model = "another" });
        await using var stores = new MemoryManager(new ActiveStore(InMemoryBackend.Description, settings, new PassThroughStore(memory.Store)));
        var recaller = new Recaller(stores, memory.Words, memory.Embedder, memory.Privacy, new RecallOptions(), TimeProvider.System);
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
        var settings = new StoreSettings(scratch.Path, StoreSettings.DefaultCollection, memory.Embedder.Fingerprint);
        await using var stores = new MemoryManager(new ActiveStore(InMemoryBackend.Description, settings, store));
        var options = new RecallOptions();
        var recaller = new Recaller(stores, memory.Words, memory.Embedder, memory.Privacy, options, TimeProvider.System);

        Assert.Single((await recaller.RecallAsync(new RecallQuery(Remembered.In("general", "ana"), null, "Ferrari"), Cancellation)).Hits);
        Assert.Equal(1, store.Answered);
        Assert.InRange(store.LeastSimilarity, options.SimilarityFloor - 0.01f, options.SimilarityFloor);
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
