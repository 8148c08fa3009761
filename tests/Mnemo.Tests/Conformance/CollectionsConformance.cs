using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreBench;

namespace Mnemo.Tests.Conformance;

public static class CollectionsConformance
{
    [Theory, EveryBackend]
    public static async Task Collections_are_listed_once_they_are_prepared(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        var other = Named(bench, "b");
        Assert.DoesNotContain(other.Collection, await bench.Backend.ListCollections(bench.Settings, Token));
        await bench.OpenAsync(other);
        var listed = await bench.Backend.ListCollections(bench.Settings, Token);
        Assert.Contains(bench.Settings.Collection, listed);
        Assert.Contains(other.Collection, listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal).Distinct(), listed);
    }

    [Theory, EveryBackend]
    public static async Task A_place_without_collections_lists_none(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        if (!bench.Backend.Capabilities.HasFlag(Capabilities.Embedded)) return;
        using var empty = new ScratchDirectory();
        Assert.Empty(await bench.Backend.ListCollections(bench.Settings with { DataDirectory = empty.Path }, Token));
        Assert.Empty(await bench.Backend.ListCollections(bench.Settings with { DataDirectory = Path.Combine(empty.Path, "absent") }, Token));
    }

    [Theory, EveryBackend]
    public static async Task Collections_do_not_see_each_other(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        var other = await bench.OpenAsync(Named(bench, "b"));
        await bench.Store.UpsertAsync([Sample.Memory(1, "here"), Sample.Memory(2)], Token);
        await other.UpsertAsync([Sample.Memory(1, "there")], Token);
        Assert.Equal(["here", "something"], (await bench.AllAsync()).Select(m => m.Text));
        Assert.Equal(1, await other.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(1, await other.DeleteAsync(Sample.General, [Sample.Id(1), Sample.Id(2)], Erasure.Physical, Token));
        Assert.Equal(2, await bench.Store.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_dropped_collection_is_gone_and_its_neighbour_is_not(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        var settings = Named(bench, "b");
        var other = await bench.OpenAsync(settings);
        await bench.Store.UpsertAsync(Sample.Many(2), Token);
        await other.UpsertAsync([Canary.Memory(1)], Token);
        await other.DisposeAsync();
        Assert.True(await bench.Backend.DropCollection(settings, Token));
        Assert.False(await bench.Backend.DropCollection(settings, Token));
        Assert.DoesNotContain(settings.Collection, await bench.Backend.ListCollections(bench.Settings, Token));
        Canary.AssertAbsent(bench.Directory);
        Assert.Equal(Sample.Many(2), await bench.AllAsync());
        var again = await bench.OpenAsync(settings);
        Assert.Equal(0, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_collection_of_another_fingerprint_is_refused(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        await bench.Store.UpsertAsync([Sample.Memory(1)], Token);
        await bench.Store.DisposeAsync();
        EmbeddingFingerprint[] others =
        [
            Sample.Embedding with { Dimension = 5 }, Sample.Embedding with { Model = "fixed-2" }, Sample.Embedding with { Provider = "other" }, Sample.Embedding with { Normalised = true },
        ];
        foreach (var embedding in others)
        {
            await using var store = bench.Backend.Open(bench.Settings with { Embedding = embedding });
            var refused = await Assert.ThrowsAsync<MemoryStoreException>(() => store.PrepareAsync(Token));
            Assert.False(refused.IsTransient);
            Assert.Contains(Sample.Embedding.ToString(), refused.Message, StringComparison.Ordinal);
            Assert.Contains(embedding.ToString(), refused.Message, StringComparison.Ordinal);
        }

        var again = await bench.OpenAsync(bench.Settings);
        Assert.Equal(1, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_store_may_be_prepared_and_disposed_twice(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        await bench.Store.PrepareAsync(Token);
        await bench.Store.UpsertAsync([Sample.Memory(1)], Token);
        await bench.Store.DisposeAsync();
        await bench.Store.DisposeAsync();
        var again = await bench.OpenAsync(bench.Settings);
        Assert.Equal(1, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task An_unprepared_store_may_be_disposed(BackendRow row)
    {
        await using var bench = await row.OpenAsync();
        var store = bench.Backend.Open(Named(bench, "never"));
        await store.DisposeAsync();
        Assert.DoesNotContain(Named(bench, "never").Collection, await bench.Backend.ListCollections(bench.Settings, Token));
    }

    private static StoreSettings Named(StoreBench bench, string suffix) => bench.Settings with { Collection = $"{bench.Settings.Collection}_{suffix}" };
}
