using Mnemo.Plugin.Config;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed class StoreSettingTests : IDisposable
{
    private readonly ConfigFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("work__g2", false)]
    [InlineData("work__g1", false)]
    [InlineData("work__g", true)]
    [InlineData("work_g2", true)]
    [InlineData("work", true)]
    public void A_collection_may_not_be_named_like_a_generation(string name, bool isTaken)
    {
        var result = _fixture.Load($$"""{ "collection_name": "{{name}}" }""", new Dictionary<string, string>());
        Assert.Equal(isTaken, result.Config is not null);
        if (!isTaken) Assert.All((string[])["collection_name", name, "__g2", StoreSettings.DefaultCollection], piece => Assert.Contains(piece, Assert.Single(result.Problems).Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_option_of_a_backend_is_a_secret_setting()
    {
        var option = new BackendOption("milvus.token", "", "The token", []);
        Assert.False(ConfigSchema.OfBackend(option).IsSecret);
        Assert.True(ConfigSchema.OfBackend(option with { IsSecret = true }).IsSecret);
        Assert.All(Mnemo.Backends.KnownBackends.All.SelectMany(b => b.Options), o => Assert.Equal(o.IsSecret, ConfigSchema.Find(o.Key)!.IsSecret));
    }
}
