using System.Text.RegularExpressions;
using Xunit;

namespace Mnemo.Tests.Repo;

/// <summary>The style that a reader can rely on; what a compiler cannot hold is held here.</summary>
public sealed partial class TidyTests
{
    private const int MaxFileLines = 400;
    private const int MaxMemberLines = 70;
    private const int MaxEntryLines = 60;
    private const int MaxLineLength = 240;

    [Fact]
    public void No_file_is_longer_than_400_lines()
        => AssertNone(Repository.Sources().Where(s => Lines(s.Text) > MaxFileLines).Select(s => $"{s.Path}: {Lines(s.Text)} lines"));

    [Fact]
    public void No_member_is_longer_than_70_lines()
        => AssertNone(Repository.Sources().SelectMany(s => CodeText.Members(s.Text).Where(m => m.Lines > MaxMemberLines).Select(m => $"{s.Path}:{m.Line}: {m.Lines} lines")));

    [Fact]
    public void The_brace_matcher_finds_members()
    {
        const string code = """"
            class A
            {
                int B
                {
                    get;
                }

                void C(string s = $"{(true ? "}" : "{")} {{", char c = '}')
                {
                    // }
                    if (s is { Length: 1 }) s = """}}""";
                }
            }
            """";
        Assert.Equal([(3, 4), (8, 5)], CodeText.Members(code));
    }

    [Fact]
    public void No_line_needs_a_second_screen()
        => AssertNone(Repository.Sources("plugin").SelectMany(s => s.Text.Split('\n').Index().Where(l => l.Item.Length > MaxLineLength).Select(l => $"{s.Path}:{l.Index + 1}: {l.Item.Length} characters")));

    [Fact]
    public void Nothing_is_left_for_later()
        => AssertNone(Repository.Sources().Where(IsNotThisFile).SelectMany(s => Found(s, Unfinished())));

    [Fact]
    public void No_class_is_a_drawer_for_odds_and_ends()
        => AssertNone(Repository.Sources().Where(IsNotThisFile).SelectMany(s => Found(s, Drawer())));

    [Fact]
    public void No_test_waits_by_the_clock()
        => AssertNone(Repository.Sources("tests/Mnemo.Tests").Where(IsNotThisFile).SelectMany(s => Found((s.Path, CodeText.Blank(s.Text)), Sleeping())));

    [Fact]
    public void No_warning_is_silenced_without_a_reason()
        => AssertNone(Repository.Sources().Where(IsNotThisFile).SelectMany(s => Found(s, SilentPragma())));

    [Fact]
    public void The_entry_point_is_a_table_of_contents()
        => Assert.InRange(Lines(Repository.Read("plugin/Mnemo.Host/Program.cs")), 1, MaxEntryLines);

    [Fact]
    public void No_source_knows_the_machine_it_was_written_on()
    {
        var texts = Repository.Sources().Concat(Repository.Sources("plugin", "*.md")).Concat(Repository.Sources("tests", "*.md")).Concat(Repository.Sources("assets", "*.json"));
        AssertNone(texts.Where(IsNotThisFile).SelectMany(s => Found(s, MachinePath())));
    }

    [Fact]
    public void The_root_holds_what_it_should_and_nothing_else()
    {
        string[] allowed =
        [
            "plugin", "tests", "assets", "MnemoPlugin.sln", "plugin.json", "config.example.json", "README.md", "LICENSE",
            ".ci", ".editorconfig", ".gitattributes", ".gitignore", "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props", "global.json",
        ];
        string[] local = [".git", "data", "config.json", "bin", "obj", ".vs", ".vscode", ".idea", "TestResults", "publish"];
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root).Select(e => Path.GetFileName(e)).Except(local).Where(e => !e.EndsWith(".user", StringComparison.Ordinal));
        AssertNone(entries.Except(allowed));
    }

    /// <summary>Names every offender, because a cut list makes three runs of one.</summary>
    private static void AssertNone(IEnumerable<string> offenders)
    {
        var all = offenders.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static bool IsNotThisFile((string Path, string Text) source) => !source.Path.EndsWith("/Repo/TidyTests.cs", StringComparison.Ordinal);

    private static int Lines(string text) => text.TrimEnd('\n').Split('\n').Length;

    private static IEnumerable<string> Found((string Path, string Text) source, Regex pattern)
        => pattern.Matches(source.Text).Select(m => $"{source.Path}:{source.Text.AsSpan(0, m.Index).Count('\n') + 1}: {m.Value.Trim()}");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|\b[Ff]or now\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(class|record|struct|interface)\s+\w*(Helpers?|Utils?|Utilities|Common|Base)\b")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\b|\bSpinWait\b")]
    private static partial Regex Sleeping();

    [GeneratedRegex(@"#pragma warning disable [\w, ]+(?!.*//)$", RegexOptions.Multiline)]
    private static partial Regex SilentPragma();

    [GeneratedRegex(@"(?<![\w.])/(work|home|root)/\w|/tmp/\w")]
    private static partial Regex MachinePath();
}
