using Mnemo.Backends.Faiss;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

public class FaissRefusalTests
{
    private static CancellationToken Token => FaissRoom.Token;

    [Fact]
    public async Task A_second_opener_is_refused_and_the_first_goes_on()
    {
        using var room = new FaissRoom();
        await using var first = await room.OpenAsync();
        var refusal = await RefusedAsync(room);
        Assert.Contains("open elsewhere", refusal.Message);
        await Assert.ThrowsAsync<MemoryStoreException>(() => FaissBackend.Description.DropCollection(room.Settings, Token));
        await first.UpsertAsync(FaissRoom.People(3, seed: 1), Token);
        Assert.Equal(3, await first.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory]
    [InlineData("index.faiss")]
    [InlineData("metadata.pkl")]
    public async Task The_data_of_an_ancestor_is_named_and_left_as_it_is(string file)
    {
        using var room = new FaissRoom();
        Directory.CreateDirectory(room.Paths.Directory);
        var path = Path.Combine(room.Paths.Directory, file);
        await File.WriteAllTextAsync(path, "old", Token);
        var refusal = await RefusedAsync(room);
        Assert.Contains("ancestor", refusal.Message);
        Assert.Equal([path], Directory.GetFileSystemEntries(room.Paths.Directory));
        Assert.Empty(await FaissBackend.Description.ListCollections(room.Settings, Token));
    }

    [Fact]
    public async Task The_data_of_an_ancestor_beside_the_collections_is_told_and_not_touched()
    {
        using var room = new FaissRoom();
        Directory.CreateDirectory(room.Paths.Root);
        var path = Path.Combine(room.Paths.Root, "index.faiss");
        await File.WriteAllTextAsync(path, "old", Token);
        var memories = await room.FillAsync(5);
        await using var store = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(store, memories);
        Assert.Contains(room.Log.Warnings, line => line.Contains("ancestor", StringComparison.Ordinal));
        Assert.Equal("old", await File.ReadAllTextAsync(path, Token));
    }

    [Fact]
    public async Task Another_embedding_is_refused_with_both_names()
    {
        using var room = new FaissRoom();
        await room.FillAsync(5);
        var other = room.Settings with { Embedding = FaissRoom.Embedding with { Model = "newer", Dimension = 9 } };
        await using var store = new FaissStore(other);
        var refusal = await Assert.ThrowsAsync<MemoryStoreException>(() => store.PrepareAsync(Token));
        Assert.Contains(FaissRoom.Embedding.ToString(), refusal.Message);
        Assert.Contains(other.Embedding.ToString(), refusal.Message);
        Assert.Contains("Use that embedding again", refusal.Message);
    }

    [Theory]
    [InlineData("{", "damaged")]
    [InlineData("{}", "damaged")]
    [InlineData("null", "damaged")]
    [InlineData("""{"format":3,"embedding":null,"records":"records-1.db","generation":1,"index_hash":""}""", "newer")]
    [InlineData("""{"format":1,"embedding":null,"records":"records-1.db","generation":1,"index_hash":""}""", "Export")]
    [InlineData("""{"format":2,"embedding":{"provider":"a","model":"b","dimension":8,"normalised":false},"records":"../records-1.db","generation":1,"index_hash":""}""", "damaged")]
    public async Task A_strange_manifest_is_refused_and_left_as_it_is(string manifest, string word)
    {
        using var room = new FaissRoom();
        await room.FillAsync(5);
        await File.WriteAllTextAsync(room.Paths.Manifest, manifest, Token);
        Assert.Contains(word, (await RefusedAsync(room)).Message);
        Assert.Equal(manifest, await File.ReadAllTextAsync(room.Paths.Manifest, Token));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("records-1.db")]
    public async Task A_collection_that_lost_a_file_is_not_taken_for_an_empty_one(string file)
    {
        using var room = new FaissRoom();
        await room.FillAsync(5);
        File.Delete(Path.Combine(room.Paths.Directory, file));
        Assert.Contains("backup", (await RefusedAsync(room)).Message);
        Assert.True(File.Exists(room.Paths.Segment(1)));
    }

    [Theory]
    [InlineData("IndexIVFFlat")]
    [InlineData("IndexHNSWFlat")]
    [InlineData("IndexScalarQuantizer")]
    [InlineData("HNSW32")]
    public void An_index_type_that_is_not_built_is_refused_with_what_to_write(string type)
    {
        var problem = Assert.Single(Problems(FaissBackend.IndexType.Key, type));
        Assert.Contains("\"faiss_index_type\": \"IndexFlatL2\"", problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void Settings_that_can_be_used_have_no_problems()
    {
        using var room = new FaissRoom();
        Assert.Empty(FaissBackend.Description.Validate(room.Settings));
        Assert.Empty(Problems(FaissBackend.IndexType.Key, "IndexFlatIP"));
        Assert.Empty(FaissBackend.Description.Validate(room.Settings with { Collection = "记忆_2" }));
        Assert.Single(Problems(FaissBackend.Lists.Key, "none"));
        foreach (var name in new[] { "", "..", ".x", "a/b", "a\\b", "a b", "a\0", new string('x', 200) })
            Assert.Single(FaissBackend.Description.Validate(room.Settings with { Collection = name }));
    }

    [Fact]
    public async Task An_inner_product_index_answers_with_the_cosine_too()
    {
        using var room = new FaissRoom();
        var settings = room.Settings with { Options = new Dictionary<string, string> { [FaissBackend.IndexType.Key] = "IndexFlatIP" } };
        var memories = FaissRoom.People(100, seed: 3);
        await using (var store = new FaissStore(settings))
        {
            await store.PrepareAsync(Token);
            await store.UpsertAsync(memories, Token);
        }

        using (var index = Mnemo.Vectors.FaissFlatIndex.Open(room.IndexPath)) Assert.Equal((100, Mnemo.Vectors.VectorMetric.InnerProduct), (index.Count, index.Metric));
        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories);
    }

    [Fact]
    public async Task Odd_ids_are_ids_like_others()
    {
        using var room = new FaissRoom();
        var memories = new[] { long.MinValue, -1, 0, 1, long.MaxValue }.Select(id => FaissRoom.People(1, seed: 9, first: id)[0]).ToList();
        await using (var store = await room.OpenAsync()) await store.UpsertAsync(memories, Token);
        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories);
        Assert.Equal(2, await again.ScanAsync(Sample.Id(0), MemoryFilter.Everything, Token).CountAsync(Token));
        Assert.Empty(await again.ScanAsync(Sample.Id(long.MaxValue), MemoryFilter.Everything, Token).ToListAsync(Token));
    }

    private static IReadOnlyList<string> Problems(string key, string value)
    {
        using var room = new FaissRoom();
        return FaissBackend.Description.Validate(room.Settings with { Options = new Dictionary<string, string> { [key] = value } });
    }

    private static async Task<MemoryStoreException> RefusedAsync(FaissRoom room)
    {
        await using var store = new FaissStore(room.Settings);
        return await Assert.ThrowsAsync<MemoryStoreException>(() => store.PrepareAsync(Token));
    }
}
