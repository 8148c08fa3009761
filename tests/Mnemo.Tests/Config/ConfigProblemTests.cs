using Mnemo.Plugin.Config;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed class ConfigProblemTests : IDisposable
{
    private readonly ConfigFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    public static TheoryData<string, string> BadFiles => new()
    {
        { """{ "num_pair": 4 }""", "num_pair: there is no such setting. Did you mean num_pairs?" },
        { """{ "zzz": 4 }""", "zzz: there is no such setting. Remove it, or see config.example.json for the names." },
        { """{ "token_budget": 4 }""", "token_budget: there is no such setting. Did you mean recall.token_budget?" },
        { """{ "webinterface": { "port": 1 } }""", "webinterface: there is no such setting. Remove it, or see config.example.json for the names." },
        { """{ "recall": 3 }""", """recall: is a group of settings. Write { "…": … } after it, as in config.example.json.""" },
        { """{ "num_pairs": "ten" }""", """num_pairs: must be a whole number from 1 to 1000, but is "ten". Write for example 10.""" },
        { """{ "num_pairs": 0 }""", "num_pairs: must be a whole number from 1 to 1000, but is 0. Write for example 10." },
        { """{ "num_pairs": 1.5 }""", "num_pairs: must be a whole number from 1 to 1000, but is 1.5. Write for example 10." },
        { """{ "num_pairs": 1e300 }""", "num_pairs: must be a whole number from 1 to 1000, but is 1E+300. Write for example 10." },
        { """{ "num_pairs": {} }""", "num_pairs: must be a whole number from 1 to 1000, but is a group or something else. Write for example 10." },
        { """{ "recall": { "similarity_floor": 2 } }""", "recall.similarity_floor: must be a number from -1 to 1, but is 2. Write for example 0.15." },
        { """{ "use_session_filtering": "yes" }""", """use_session_filtering: must be true or false, but is "yes". Write for example true.""" },
        { """{ "admins": "ana" }""", """admins: must be a list of texts, but is "ana". Write for example [].""" },
        { """{ "bot_name": "" }""", """bot_name: must be a name of 1 to 80 characters, but is "". Write for example "Mnemo".""" },
        { """{ "persona": "*" }""", """persona: must be a name that is not empty, a wildcard or an operator, but is "*". Write for example "default".""" },
        { """{ "collection_name": "a b" }""", """collection_name: must be a name of letters, digits and underscores that does not start with a digit nor end like a generation (__g2), but is "a b". Write for example "mnemosyne_default".""" },
        { """{ "language": "zh" }""", """language: "zh" is not known. Write one of: auto, en, zh-CN.""" },
        { """{ "language": "zh-cn" }""", """language: "zh-cn" is not known. Did you mean "zh-CN"? Possible: auto, en, zh-CN.""" },
        { """{ "top_k": 1, "top_k": 2 }""", "top_k: is written twice in config.json. Remove one of the two." },
        { "{ \"top_k\": 1,\n  \"名\": x }", "is not valid JSON; the mistake is at line 2, column 8. Look for a missing comma, quote or bracket just before it." },
        { "[]", "is not valid JSON; the mistake is at line 1, column 1. Look for a missing comma, quote or bracket just before it." },
        { "", "is not valid JSON; the mistake is at line 1, column 1. Look for a missing comma, quote or bracket just before it." },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_mistake_is_one_line_that_names_the_remedy(string json, string line)
    {
        _fixture.File("config.json", json);
        var result = _fixture.Load();
        Assert.Null(result.Config);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(Severity.Error, problem.Severity);
        Assert.EndsWith(line, problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Text);
    }

    [Fact]
    public void An_unknown_backend_is_an_error_and_never_a_fallback()
    {
        var wanted = ConfigSchema.DefaultBackend.Name + "x";
        _fixture.File("config.json", $$"""{ "vector_database_type": "{{wanted}}" }""");
        var result = _fixture.Load();
        Assert.Null(result.Config);
        Assert.StartsWith($"vector_database_type: \"{wanted}\" is not known. Did you mean \"{ConfigSchema.DefaultBackend.Name}\"?", Assert.Single(result.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_backend_has_not_built_is_refused_with_what_to_write_instead()
    {
        foreach (var option in ConfigSchema.DefaultBackend.Options.Where(o => o.Allowed.Count > 0))
        {
            var (group, name) = (option.Key.Split('.')[0], option.Key.Split('.')[1]);
            _fixture.File("config.json", $$"""{ "{{group}}": { "{{name}}": "{{option.Default}}Y" } }""");
            var result = _fixture.Load();
            Assert.Null(result.Config);
            var line = Assert.Single(result.Problems).Text;
            Assert.StartsWith($"{option.Key}: ", line, StringComparison.Ordinal);
            Assert.Contains($"write \"{name}\": \"{option.Default}\"", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_mistakes_are_told_at_once_errors_first()
    {
        _fixture.File("config.json", """{ "db_name": "x", "top_k": "a", "num_pairs": true }""");
        Assert.Equal([Severity.Error, Severity.Error, Severity.Note], _fixture.Load().Problems.Select(p => p.Severity));
    }

    [Fact]
    public void Bad_toml_names_its_line()
    {
        _fixture.File("config.toml", "top_k = 1\nnum_pairs = = 4\n");
        Assert.Contains("is not valid TOML; the mistake is at line 2, column ", Assert.Single(_fixture.Load().Problems).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MNEMO_TOP_K", "many", Severity.Error, "MNEMO_TOP_K: must be a whole number from 1 to 100, but is \"many\". Write for example 10.")]
    [InlineData("MNEMO_TOPK", "5", Severity.Warning, "MNEMO_TOPK: this environment variable is not read. Did you mean MNEMO_TOP_K?")]
    [InlineData("MNEMO_RECALL_TOKEN_BUDGET", "5", Severity.Warning, "MNEMO_RECALL_TOKEN_BUDGET: this environment variable is not read. Did you mean MNEMO_RECALL__TOKEN_BUDGET?")]
    public void The_environment_is_checked_like_the_file(string name, string value, Severity severity, string line)
    {
        _fixture.Environment[name] = value;
        Assert.Equal(new ConfigProblem(severity, Assert.Single(_fixture.Load().Problems).Key, line), Assert.Single(_fixture.Load().Problems));
    }

    [Fact]
    public void Somebody_elses_variable_is_left_alone()
    {
        _fixture.Environment["MNEMO_TEST_REQUIRE_BACKENDS"] = "all";
        _fixture.Environment["MNEMO_TEST_MILVUS"] = "127.0.0.1:19530";
        _fixture.Environment["MNEMO_TEST_TOP_K"] = "a deployment";
        _fixture.Environment["MNEMO_WRITE_DOCS"] = "1";
        Assert.Empty(_fixture.Load().Problems);
    }
}
