using System.Text.RegularExpressions;
using Mnemo.Tests.Harness;
using Xunit;
using Xunit.Sdk;

namespace Mnemo.Tests.Repo;

/// <summary>A generated piece whose mark is gone is checked by nobody, so that it is missed.</summary>
public sealed partial class WrittenTests
{
    [Fact]
    public void The_readme_has_every_piece_that_is_generated_once()
    {
        var pieces = Begins().Matches(Repository.Read("README.md")).Select(m => m.Groups["piece"].Value);
        Assert.Equal(["backends", "commands", "config", "transcript", "transcript.zh-CN"], pieces.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("no marks at all")]
    [InlineData("<!-- generated: piece -->\nold\n")]
    [InlineData("old\n<!-- end: piece -->")]
    [InlineData("<!-- end: piece -->\n<!-- generated: piece -->\nold")]
    [InlineData("<!-- generated: another -->\nold\n<!-- end: another -->")]
    [InlineData("<!-- generated: piece -->\none\n<!-- end: piece -->\n<!-- generated: piece -->\ntwo\n<!-- end: piece -->")]
    public void A_text_without_its_two_marks_fails_the_test_that_writes_between_them(string text)
        => Assert.Contains("<!-- generated: piece -->", Assert.ThrowsAny<XunitException>(() => Written.Between(text, "piece", "new\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_piece_is_put_between_its_marks()
        => Assert.Equal("a\n<!-- generated: piece -->\nnew\n<!-- end: piece -->\nb", Written.Between("a\n<!-- generated: piece -->\nold\n<!-- end: piece -->\nb", "piece", "new\n"));

    [GeneratedRegex(@"^<!-- generated: (?<piece>\S+) -->$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Begins();
}
