using Mnemo.Plugin.Config;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed class ConfigFileTests : IDisposable
{
    private readonly ConfigFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Without_a_file_everything_has_its_default()
    {
        var result = _fixture.Load();
        Assert.Empty(result.Problems);
        Assert.Equal(ConfigSchema.DefaultBackend, result.Config!.Backend);
        Assert.Equal(("mnemosyne_default", 10, 10, 512, 3_600_000), (result.Config.Collection, result.Config.NumPairs, result.Config.TopK, result.Config.EmbeddingDimension, result.Config.IdleMs));
        Assert.Equal(Path.Combine(_fixture.Directory, "data"), result.Config.DataDirectory);
        Assert.True(Directory.Exists(result.Config.DataDirectory));
    }

    [Fact]
    public void Comments_and_trailing_commas_are_welcome_and_a_null_is_the_default()
    {
        _fixture.File("config.json", """
            // The file of a newcomer.
            { "num_pairs": 4, /* few */ "top_k": null,
              "summary_check_task": { "SUMMARY_TIME_THRESHOLD_SECONDS": -1, }, "admins": ["1", 2], }
            """);
        var config = Assert.IsType<MnemoConfig>(_fixture.Load().Config);
        Assert.Equal((4, 10, -1), (config.NumPairs, config.TopK, config.IdleMs));
        Assert.Equal(["1", "2"], config.Admins);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Toml_says_the_same_as_json(bool byDefaultName)
    {
        const string Text = "num_pairs = 4\nadmins = [\"1\"]\nuse_personality_filtering = false\n\n[recall]\nsimilarity_floor = 0.25\ntoken_budget = 900\n";
        var path = _fixture.File(byDefaultName ? "config.toml" : "other.toml", Text);
        var result = _fixture.Load(byDefaultName ? null : path);
        Assert.Empty(result.Problems);
        Assert.Equal((4, false, .25, 900), (result.Config!.NumPairs, result.Config.UsePersonalityFiltering, result.Config.SimilarityFloor, result.Config.TokenBudget));
        Assert.Equal(["1"], result.Config.Admins);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_the_argument_over_the_environment()
    {
        var result = _fixture.Load("""{ "num_pairs": 4, "recall": { "token_budget": 100 } }""", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MNEMO_NUM_PAIRS"] = "7",
            ["MNEMO_RECALL__TOKEN_BUDGET"] = "300",
            ["MNEMO_USE_PERSONALITY_FILTERING"] = "no",
            ["MNEMO_ADMINS"] = "1, 2",
            ["MNEMO_DATA"] = "elsewhere",
        });
        var config = Assert.IsType<MnemoConfig>(result.Config);
        Assert.Equal((7, 300, false), (config.NumPairs, config.TokenBudget, config.UsePersonalityFiltering));
        Assert.Equal(["1", "2"], config.Admins);
        Assert.Equal(Path.Combine(_fixture.Directory, "elsewhere"), config.DataDirectory);
        Assert.Equal(Path.Combine(_fixture.Directory, "named"), _fixture.Load(data: "named").Config!.DataDirectory);
    }

    [Fact]
    public void A_data_directory_that_cannot_be_written_is_an_error()
    {
        var file = _fixture.File("file", "");
        var result = _fixture.Load(data: Path.Combine(file, "data"));
        Assert.Null(result.Config);
        Assert.Contains("cannot be written", Assert.Single(result.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_must_be_there_and_readable()
    {
        Assert.Contains("there is no such file", Assert.Single(_fixture.Load("missing.json").Problems).Text, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Single(_fixture.Load(_fixture.Directory).Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_default_files_are_noticed()
    {
        _fixture.File("config.toml", "num_pairs = 3");
        var result = _fixture.Load("""{ "num_pairs": 4 }""", new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(4, result.Config!.NumPairs);
        Assert.Equal(Severity.Warning, Assert.Single(result.Problems).Severity);
    }

    [Fact]
    public void Problems_are_told_in_the_language_of_the_configuration_or_the_locale()
    {
        Assert.Contains("没有这个设置", Assert.Single(_fixture.Load("""{ "language": "zh-CN", "colour": 1 }""", new Dictionary<string, string>(StringComparer.Ordinal)).Problems).Text, StringComparison.Ordinal);
        _fixture.File("config.json", """{ "colour": 1 }""");
        _fixture.Environment["LC_ALL"] = "zh_TW.UTF-8";
        Assert.Equal("zh-CN", _fixture.Load().Strings.Language);
        Assert.Contains("没有这个设置", Assert.Single(_fixture.Load().Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_ancestor_are_all_known_and_the_idle_ones_give_a_note()
    {
        var result = _fixture.Load("""
            { "LLM_providers": "x", "address": "http://localhost:19530", "db_name": "default", "memory_injection_method": "system_prompt",
              "contexts_memory_len": 3, "web_interface": { "enabled": true, "port": 8765 }, "use_personality_filtering": false }
            """, new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.NotNull(result.Config);
        Assert.Equal(7, result.Problems.Count);
        Assert.All(result.Problems, p => Assert.Equal(Severity.Note, p.Severity));
    }
}
