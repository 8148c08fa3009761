using Mnemo.Plugin.Config;
using Mnemo.Plugin.Docs;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed class ConfigDocsTests
{
    private static readonly Strings Words = Strings.For(Strings.English);

    [Fact]
    public void The_example_file_is_the_one_that_the_schema_makes() => Written.Check("config.example.json", _ => ConfigDocs.Example(Words));

    [Fact]
    public void The_manifest_is_the_one_that_schema_and_commands_make() => Written.Check("plugin.json", _ => PluginManifest.Make());

    [Fact]
    public void The_tables_of_the_readme_are_the_ones_that_schema_and_commands_make() => Written.Check("README.md", text =>
        Written.Between(Written.Between(text, "config", ConfigDocs.Table(Words)), "commands", CommandDocs.Table(Words)));

    [Fact]
    public void The_example_file_is_valid_and_says_the_defaults()
    {
        using var fixture = new ConfigFixture();
        fixture.File("config.json", ConfigDocs.Example(Words));
        var result = fixture.Load();
        Assert.Empty(result.Problems);
        Assert.All(ConfigSchema.Keys, k => Assert.Equivalent(k.Default, result.Config!.Value(k.Path)));
    }

    [Fact]
    public void Every_setting_has_a_summary_in_every_language_and_a_default_that_passes_its_own_check()
    {
        foreach (var key in ConfigSchema.Keys)
        {
            Assert.All(Strings.Languages, l => Assert.NotEqual("", key.Summarise(Strings.For(l))));
            Assert.All(Strings.Languages, l => Assert.True(Strings.For(l).Has("config.key." + key.Path), $"config.key.{key.Path} is missing in {l}"));
            var checker = new ConfigChecker(Words);
            Assert.NotNull(checker.CheckText(key, key.Path, ConfigChecker.Plain(key.Default)));
            Assert.Empty(checker.Problems);
        }
    }
}
