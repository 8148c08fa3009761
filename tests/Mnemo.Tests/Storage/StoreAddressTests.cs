using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Storage;

public sealed class StoreAddressTests
{
    private static readonly string[] Names = [.. KnownBackends.All.Select(b => b.Name), "milvus"];

    [Theory]
    [InlineData("faiss:faiss_data#work", "faiss", "faiss_data", "work", "faiss:faiss_data#work")]
    [InlineData("faiss:/srv/data", "faiss", "/srv/data", StoreSettings.DefaultCollection, "faiss:/srv/data")]
    [InlineData("FAISS:faiss_data#", "faiss", "faiss_data", StoreSettings.DefaultCollection, "faiss:faiss_data")]
    [InlineData("inmemory:#one", "inmemory", "", "one", "inmemory:#one")]
    [InlineData("milvus:https://db.example.org:19530/x#one", "milvus", "https://db.example.org:19530/x", "one", "milvus:https://db.example.org:19530/x#one")]
    [InlineData("faiss:a#b#one", "faiss", "a#b", "one", "faiss:a#b#one")]
    public void An_address_is_read_and_printed_back(string uri, string backend, string location, string collection, string printed)
    {
        var address = StoreAddress.TryParse(uri, Names);
        Assert.Equal(new StoreAddress(backend, location, collection), address);
        Assert.Equal(printed, $"{address}");
        Assert.Equal(address, StoreAddress.TryParse(printed, Names));
    }

    [Theory]
    [InlineData("faiss")]
    [InlineData("")]
    [InlineData("oracle:here#one")]
    [InlineData("/srv/data#one")]
    public void What_names_no_backend_is_no_address(string uri) => Assert.Null(StoreAddress.TryParse(uri, Names));

    [Theory]
    [InlineData("one", "one", 1)]
    [InlineData("one__g2", "one", 2)]
    [InlineData("one__g12", "one", 12)]
    [InlineData("one__g1", "one__g1", 1)]
    [InlineData("one__gx", "one__gx", 1)]
    [InlineData("__g2", "__g2", 1)]
    public void A_listed_name_is_the_name_that_people_know_and_a_generation(string listed, string collection, int generation)
    {
        Assert.Equal((collection, generation), StoreAddress.Split(listed));
        Assert.Equal(listed, new StoreAddress("faiss", "x", collection).CollectionOf(generation));
    }

    [Fact]
    public void A_place_within_the_data_directory_is_kept_relative_so_that_the_directory_can_be_moved()
    {
        Assert.Equal("faiss_data", StoreAddress.Place("faiss_data/", "/srv/bot"));
        Assert.Equal("faiss_data", StoreAddress.Place("/srv/bot/faiss_data", "/srv/bot"));
        Assert.Equal("/srv/other", StoreAddress.Place("../other", "/srv/bot"));
        Assert.Equal("..data", StoreAddress.Place("..data", "/srv/bot"));
    }
}
