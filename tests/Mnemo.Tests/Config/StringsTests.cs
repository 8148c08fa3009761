using System.Text.RegularExpressions;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Config;

public sealed partial class StringsTests
{
    private static readonly Strings English = Strings.For(Strings.English);
    private static readonly Strings Chinese = Strings.For(Strings.Chinese);

    [Fact]
    public void Both_languages_have_the_same_keys() =>
        Assert.Equal(English.All.Keys.Order(StringComparer.Ordinal), Chinese.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Both_languages_use_the_same_placeholders() =>
        Assert.All(English.All.Keys, key => Assert.Equal((key, Placeholders(English.All[key])), (key, Placeholders(Chinese.All[key]))));

    [Fact]
    public void Every_text_can_be_filled_in() => Assert.All(English.All.Keys, key =>
    {
        object?[] numbers = [.. Enumerable.Range(1, 10).Cast<object?>()];
        Assert.NotEqual(key, English[key, numbers]);
        Assert.NotEqual(key, Chinese[key, numbers]);
    });

    [Fact]
    public void Code_and_texts_name_the_same_keys()
    {
        var code = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Written.Root, "plugin"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        var named = Indexed().Matches(code).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(named, k => Assert.True(English.Has(k), $"{k} has no text"));

        // Keys that are put together ("config.key." + path) are named by their beginning. That of the commands would let
        // every text of a command pass, so those are taken from the commands themselves.
        var beginnings = Beginning().Matches(code).Select(m => m.Groups["name"].Value).Where(b => b != "cmd.").ToHashSet(StringComparer.Ordinal);
        var quoted = Quoted().Matches(code).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var command in CommandModel.All) quoted.UnionWith(command.AllOptions.Select(command.SummaryKeyOf).Append(command.SummaryKey));
        Assert.All(English.All.Keys, k => Assert.True(quoted.Contains(k) || beginnings.Any(b => k.StartsWith(b, StringComparison.Ordinal)), $"{k} is not used"));
    }

    [Theory]
    [InlineData(0, "0 settings")]
    [InlineData(1, "1 setting")]
    [InlineData(1L, "1 setting")]
    [InlineData(1234, "1,234 settings")]
    public void A_number_chooses_the_plural(object count, string text) =>
        Assert.Equal(text, string.Format(Strings.PluralFormat.Instance, "{0:N0} {0:setting|settings}", count));

    [Theory]
    [InlineData(null, null, null, "en")]
    [InlineData("zh_CN.UTF-8", null, null, "zh-CN")]
    [InlineData("en_US", "zh_TW", "zh_CN", "zh-CN")]
    [InlineData("zh_CN", null, "C", "en")]
    [InlineData("fr_FR", "", "", "en")]
    public void The_language_follows_the_locale(string? lang, string? messages, string? all, string expected) =>
        Assert.Equal(expected, Strings.OfLocale(v => v switch { "LANG" => lang, "LC_MESSAGES" => messages, _ => all }));

    private static string Placeholders(string text) =>
        string.Join(' ', Placeholder().Matches(text).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"(?<!\{)\{(?<name>\d+)[:,}]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("""(?:[sS]trings\[|\bSay\()"(?<name>[a-z0-9_.]+)"[\],)]""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Indexed();

    [GeneratedRegex("""\$?"(?<name>[a-z0-9_]+\.(?:[a-z0-9_]+\.)*)(?:"|\{)""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Beginning();

    [GeneratedRegex("\"(?<name>[A-Za-z0-9_.]+)\"", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Quoted();
}
