using Mnemo.Plugin.Config;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed class ConfigSecretTests : IDisposable
{
    private const string Secret = "sup3r-s3cret";
    private readonly ConfigFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    public static IEnumerable<TheoryDataRow<string>> Secrets => ConfigSchema.Keys.Where(k => k.IsSecret).Select(k => new TheoryDataRow<string>(k.Path));

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_in_the_file_works_with_a_warning_that_does_not_hold_it(string path)
    {
        var json = path.Split('.').Reverse().Aggregate($"\"{Secret}\"", (inner, part) => $$"""{ "{{part}}": {{inner}} }""");
        _fixture.File("config.json", json);
        var result = _fixture.Load();
        Assert.Equal(Secret, result.Config!.Text(path));
        Assert.Contains(result.Problems, p => p.Severity == Severity.Warning && p.Key == path);
        AssertSilent(result);
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_may_lie_in_a_file_that_a_variable_names(string path)
    {
        var variable = ConfigSchema.Find(path)!.Variable + "_FILE";
        _fixture.Environment[variable] = _fixture.File("secret", Secret + "\n");
        var result = _fixture.Load();
        Assert.Equal(Secret, result.Config!.Text(path));
        Assert.DoesNotContain(result.Problems, p => p.Severity != Severity.Note);
        AssertSilent(result);

        _fixture.Environment[variable] = Path.Combine(_fixture.Directory, "none");
        Assert.Contains(variable, Assert.Single(_fixture.Load().Problems).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "embedding_key": ["sup3r-s3cret"] }""")]
    [InlineData("""{ "embedding_key": sup3r-s3cret }""")]
    [InlineData("""{ "embedding_key": "sup3r-s3cret }""")]
    [InlineData("""{ "embedding_keys": "sup3r-s3cret" }""")]
    public void A_mistake_beside_a_secret_does_not_print_it(string json)
    {
        _fixture.File("config.json", json);
        var result = _fixture.Load();
        Assert.Null(result.Config);
        AssertSilent(result);
    }

    private static void AssertSilent(ConfigResult result)
    {
        Assert.All(result.Problems, p => Assert.DoesNotContain("s3cret", p.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", $"{result} {result.Config} {new ConfigException(result.Problems)}", StringComparison.Ordinal);
    }
}
