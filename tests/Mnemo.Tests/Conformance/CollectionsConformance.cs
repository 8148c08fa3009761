using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class CollectionsConformance
{
    [Theory, EveryBackend]
    public static async Task Collections_are_listed_once_they_are_prepared(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var other = Named(fixture, "b");
        Assert.DoesNotContain(other.Collection, await fixture.Backend.ListCollections(fixture.Settings, Token));
        await fixture.OpenAsync(other);
        var listed = await fixture.Backend.ListCollections(fixture.Settings, Token);
        Assert.Contains(fixture.Settings.Collection, listed);
        Assert.Contains(other.Collection, listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal).Distinct(), listed);
    }

    [Theory, EveryBackend]
    public static async Task A_place_without_collections_lists_none(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        if (!fixture.Backend.Capabilities.HasFlag(Capabilities.Embedded)) return;
        using var empty = new ScratchDirectory();
        Assert.Empty(await fixture.Backend.ListCollections(fixture.Settings with { DataDirectory = empty.Path }, Token));
        Assert.Empty(await fixture.Backend.ListCollections(fixture.Settings with { DataDirectory = Path.Combine(empty.Path, "absent") }, Token));
    }

    [Theory, EveryBackend]
    public static async Task Collections_do_not_see_each_other(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var other = await fixture.OpenAsync(Named(fixture, "b"));
        await fixture.Store.UpsertAsync([Sample.Memory(1, "here"), Sample.Memory(2)], Token);
        await other.UpsertAsync([Sample.Memory(1, "there")], Token);
        Assert.Equal(["here", "something"], (await fixture.AllAsync()).Select(m => m.Text));
        Assert.Equal(1, await other.CountAsync(MemoryFilter.Everything, Token));
        Assert.Equal(1, await other.DeleteAndPurgeAsync([Sample.Id(1), Sample.Id(2)], Token));
        Assert.Equal(2, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_dropped_collection_is_gone_and_its_neighbour_is_not(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var settings = Named(fixture, "b");
        var other = await fixture.OpenAsync(settings);
        await fixture.Store.UpsertAsync(Sample.Many(2), Token);
        await other.UpsertAsync([Canary.Memory(1)], Token);
        await other.DisposeAsync();
        Assert.True(await fixture.Backend.DropCollection(settings, Token));
        Assert.False(await fixture.Backend.DropCollection(settings, Token));
        Assert.DoesNotContain(settings.Collection, await fixture.Backend.ListCollections(fixture.Settings, Token));
        Canary.AssertAbsent(fixture.Directory);
        Assert.Equal(Sample.Many(2), await fixture.AllAsync());
        var again = await fixture.OpenAsync(settings);
        Assert.Equal(0, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_collection_of_another_fingerprint_is_refused(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        await fixture.Store.DisposeAsync();
        EmbeddingFingerprint[] others =
        [
            Sample.Embedding with { Dimension = 5 }, Sample.Embedding with { Model = "fixed-2" }, Sample.Embedding with { Provider = "other" }, Sample.Embedding with { Normalised = true },
        ];
        foreach (var embedding in others)
        {
            await using var store = fixture.Backend.Open(fixture.Settings with { Embedding = embedding });
            var refused = await Assert.ThrowsAsync<MemoryStoreException>(() => store.PrepareAsync(Token));
            Assert.False(refused.IsTransient);
            Assert.Contains(Sample.Embedding.ToString(), refused.Message, StringComparison.Ordinal);
            Assert.Contains(embedding.ToString(), refused.Message, StringComparison.Ordinal);
        }

        var again = await fixture.OpenAsync(fixture.Settings);
        Assert.Equal(1, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task A_store_may_be_prepared_and_disposed_twice(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.PrepareAsync(Token);
        await fixture.Store.UpsertAsync([Sample.Memory(1)], Token);
        await fixture.Store.DisposeAsync();
        await fixture.Store.DisposeAsync();
        var again = await fixture.OpenAsync(fixture.Settings);
        Assert.Equal(1, await again.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend]
    public static async Task An_unprepared_store_may_be_disposed(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var store = fixture.Backend.Open(Named(fixture, "never"));
        await store.DisposeAsync();
        Assert.DoesNotContain(Named(fixture, "never").Collection, await fixture.Backend.ListCollections(fixture.Settings, Token));
    }

    private static StoreSettings Named(StoreFixture fixture, string suffix) => fixture.Settings with { Collection = $"{fixture.Settings.Collection}_{suffix}" };
}
