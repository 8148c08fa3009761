using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Harness;

public sealed class DeploymentTests
{
    private static readonly Backend Remote = KnownBackends.Find("inmemory") with
    {
        Name = "remote",
        Capabilities = Capabilities.Durable,
        Location = new BackendOption("remote.address", "localhost:1", "Where it is", []),
    };

    [Fact]
    public void Each_variable_of_a_backend_is_a_deployment_of_it()
    {
        Dictionary<string, string> environment = new()
        {
            ["MNEMO_TEST_REMOTE"] = "127.0.0.1:19530",
            ["MNEMO_TEST_REMOTE_OLD"] = "http://old:19530",
            ["MNEMO_TEST_REMOTE_OFF"] = "",
            ["MNEMO_TEST_REMOTELY"] = "elsewhere",
            ["MNEMO_TEST_REQUIRE_BACKENDS"] = "all",
        };
        Assert.Equal([new Deployment("", "127.0.0.1:19530"), new Deployment("old", "http://old:19530")], Deployment.Of(Remote, environment));
        Assert.Empty(Deployment.Of(Remote, new Dictionary<string, string>()));
    }

    [Fact]
    public void A_deployment_is_the_value_of_the_location()
    {
        Assert.Equal("http://old:19530", Assert.Single(new Deployment("old", "http://old:19530").Options(Remote), o => o.Key == "remote.address").Value);
        Assert.Empty(Deployment.Embedded.Options(Remote));
    }

    [Fact]
    public void A_backend_without_a_deployment_has_a_row_that_says_what_to_set()
    {
        var row = Assert.Single(BackendRow.Of(Remote));
        Assert.Contains("MNEMO_TEST_REMOTE", row.Obstacle, StringComparison.Ordinal);
        Assert.Null(Assert.Single(BackendRow.Of(KnownBackends.Find("faiss"))).Obstacle);
    }
}
