using Mnemo.Backends.InMemory;
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
}
