using Mnemo.Plugin.Commands;
using Mnemo.Localization;
using Xunit;

namespace Mnemo.Tests.Commands;

public sealed class CommandTextTests
{
    private static readonly Strings English = Strings.For(Strings.English);

    [Theory]
    [InlineData("/memory list_records", "list_records", "collection=|n=10")]
    [InlineData("/memory list_records mnemosyne_default 5", "list_records", "collection=mnemosyne_default|n=5")]
    [InlineData("/memory list-records --n 5 --collection=other", "list_records", "collection=other|n=5")]
    [InlineData("/memory LIST_RECORDS --collection other 7", "list_records", "collection=other|n=7")]
    [InlineData("/memory list_records \"my collection\" 3", "list_records", "collection=my collection|n=3")]
    [InlineData("/memory list_records 'my collection'", "list_records", "collection=my collection|n=10")]
    [InlineData("/memory list_records “my collection”", "list_records", "collection=my collection|n=10")]
    [InlineData("/memory list_records --collection=\"my collection\"", "list_records", "collection=my collection|n=10")]
    [InlineData("／memory　status", "status", "")]
    [InlineData("list_records other", "list_records", "collection=other|n=10")]
    [InlineData("/memory drop_collection old --confirm", "drop_collection", "name=old|confirm=true")]
    [InlineData("/memory drop_collection --confirm old", "drop_collection", "name=old|confirm=true")]
    [InlineData("/memory drop_collection old —confirm", "drop_collection", "name=old|confirm=true")]
    [InlineData("/memory drop_collection \"--confirm\"", "drop_collection", "name=--confirm|confirm=")]
    [InlineData("/memory remember I don't like  'blue' cheese --really", "remember", "text=I don't like  'blue' cheese --really")]
    [InlineData("/memory remember \"all of it\"", "remember", "text=all of it")]
    [InlineData("/memory recall what is my dog called --n 3", "recall", "text=what is my dog called|n=3")]
    [InlineData("/memory recall --n=3 狗 叫什么", "recall", "text=狗 叫什么|n=3")]
    [InlineData("/memory me privacy OFF", "privacy", "mode=off")]
    [InlineData("/memory settings language zh-cn", "language", "language=zh-CN")]
    [InlineData("/memory", "help", "command=")]
    [InlineData("/memory help me forget", "help", "command=me forget")]
    public void A_line_is_understood(string line, string command, string expected)
    {
        var parsed = CommandText.Parse(line, English);

        Assert.Null(parsed.Problem);
        Assert.Equal(command, parsed.Command!.Name);
        foreach (var part in expected.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            Assert.Equal(part[(equals + 1)..], parsed.Arguments![part[..equals]]);
        }
    }

    [Theory]
    [InlineData("/memory statsu", "status")]
    [InlineData("/memory list_record", "list_records")]
    [InlineData("/memory me forgt", "me forget")]
    [InlineData("/memory me", "show, forget, export, privacy")]
    [InlineData("/memry status", "/memory")]
    [InlineData("/memory drop_collection old --confrim", "--confirm")]
    [InlineData("/memory list_records --nn 5 --collectoin x", "--n")]
    [InlineData("/memory drop_collection", "<name>")]
    [InlineData("/memory list_records a 5 b", "\"b\"")]
    [InlineData("/memory list_records a five", "\"five\"")]
    [InlineData("/memory list_records a 0", "from 1 to 1000")]
    [InlineData("/memory list_records --n", "--n needs a value")]
    [InlineData("/memory me privacy sometimes", "on, off, incognito")]
    [InlineData("/memory xyzzy", "/memory help")]
    public void A_line_that_is_not_understood_says_what_was_meant(string line, string hint)
    {
        var reply = CommandText.Parse(line, English).Problem;

        Assert.NotNull(reply);
        Assert.True(reply.IsUsageProblem);
        Assert.Contains(hint, string.Join('\n', PlainReplies.Render(reply)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/memory", true)]
    [InlineData("  /MEMORY status", true)]
    [InlineData("/memroy status", true)]
    [InlineData("/shrug", false)]
    [InlineData("my memory is bad", false)]
    [InlineData("memory status", false)]
    [InlineData("", false)]
    public void Commands_and_near_misses_are_never_taken_for_something_to_remember(string line, bool isCommand) =>
        Assert.Equal(isCommand, CommandText.IsCommand(line));
}
