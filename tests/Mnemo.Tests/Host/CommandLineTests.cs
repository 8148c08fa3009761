using System.CommandLine;
using System.Text.RegularExpressions;
using Mnemo.Host;
using Mnemo.Host.Eval;
using Mnemo.Localization;
using Xunit;

namespace Mnemo.Tests.Host;

public sealed partial class CommandLineTests
{
    [Theory]
    [InlineData("chat --as", "--as needs a value. mnemo chat --help shows how.")]
    [InlineData("chat --as ana --as ben", "--as takes one value and was given several. mnemo chat --help shows how.")]
    [InlineData("eval --turns t.jsonl", "--questions is missing. mnemo eval --help shows how.")]
    [InlineData("eval --turns", "--turns needs a value. mnemo eval --help shows how.")]
    [InlineData("import", "<FILE> is missing. mnemo import --help shows how.")]
    [InlineData("memory me", "mnemo memory me needs a command after it. mnemo memory me --help lists them.")]
    [InlineData("memory statsu", "\"statsu\" is not known here. Did you mean \"status\"? mnemo memory --help shows all.")]
    public void What_is_wrong_is_one_line_that_says_how_to_go_on(string line, string said) => Assert.Equal(said, Explain(line, Strings.English));

    [Theory]
    [InlineData("chat --as")]
    [InlineData("chat --as ana --as ben")]
    [InlineData("chat --jsn")]
    [InlineData("eval --turns t.jsonl")]
    [InlineData("import")]
    [InlineData("import a b")]
    [InlineData("memory")]
    [InlineData("memory drop_collection")]
    [InlineData("memory statsu")]
    public void A_chinese_user_reads_no_english_sentence(string line)
    {
        var said = Explain(line, Strings.Chinese);

        // Names of commands and options stay as they are typed; a capital letter would begin a sentence of the parser's.
        Assert.DoesNotMatch(EnglishSentence(), said);
        Assert.EndsWith("。", said, StringComparison.Ordinal);
    }

    private static string Explain(string line, string language)
    {
        var strings = Strings.For(language);
        var common = new CommonOptions(strings);
        var root = new RootCommand
        {
            common.Config, common.Data, ChatVerb.Make(common, strings), MemoryVerb.Make(common, strings),
            TransferVerbs.Import(common, strings), TransferVerbs.Export(common, strings), EvalVerb.Make(common, strings),
        };
        return CommandLine.Explain(root.Parse(line.Split(' ')), strings);
    }

    [GeneratedRegex("[A-Z][a-z]", RegexOptions.None, 10_000)]
    private static partial Regex EnglishSentence();
}
