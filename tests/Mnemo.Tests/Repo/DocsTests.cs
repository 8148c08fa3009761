using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mnemo.Backends;
using Mnemo.Localization;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Repo;

public sealed partial class DocsTests
{
    private const string Readme = "README.md";
    private static readonly Strings Words = Strings.For(Strings.English);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_stores_of_the_readme_are_the_known_backends() => Written.Check(Readme, text => Written.Between(text, "backends", Stores()));

    [Fact]
    public async Task The_transcript_of_the_readme_is_what_really_happens()
    {
        using var play = new Transcript(Strings.English);
        await play.SayAsync("ana", null, "My dog is called Biscuit and I moved to Lyon in 2019.", Token);
        await play.SayAsync("ana", null, "What is my dog called?", Token);
        await play.SayAsync("ben", "elsewhere", "What is the name of the dog of ana?", Token);
        await play.CommandAsync("list_records mnemosyne_default 10", Token);
        await play.SayAsync("ana", null, "/memory me forget --confirm", Token);
        await play.SayAsync("ana", null, "What is my dog called?", Token);
        Assert.Contains("Biscuit", play.Text, StringComparison.Ordinal);
        Written.Check(Readme, text => Written.Between(text, "transcript", play.Text));
    }

    [Fact]
    public async Task The_chinese_transcript_of_the_readme_is_what_really_happens()
    {
        using var play = new Transcript(Strings.Chinese);
        await play.SayAsync("ana", null, "我的猫叫团子。", Token);
        await play.SayAsync("ana", null, "我的猫叫什么？", Token);
        await play.SayAsync("ben", "elsewhere", "我的猫叫什么？", Token);
        Assert.Contains("团子", play.Text, StringComparison.Ordinal);
        Written.Check(Readme, text => Written.Between(text, "transcript.zh-CN", play.Text));
    }

    [Fact]
    public void Every_picture_and_link_of_the_readme_leads_to_a_file()
    {
        var targets = Links().Matches(File.ReadAllText(Path.Combine(Written.Root, Readme))).Select(m => m.Groups["target"].Value)
            .Where(t => !t.Contains("://", StringComparison.Ordinal) && !t.StartsWith('#')).ToList();
        Assert.NotEmpty(targets);
        Assert.All(targets, t => Assert.True(File.Exists(Path.Combine(Written.Root, t)), $"The README links to {t}, which does not exist."));
    }

    [Fact]
    public void Every_package_of_the_product_is_named_in_the_readme()
    {
        var readme = File.ReadAllText(Path.Combine(Written.Root, Readme));
        var packages = Directory.EnumerateFiles(Path.Combine(Written.Root, "plugin"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(p => XDocument.Load(p).Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value)).Distinct(StringComparer.Ordinal);
        Assert.All(packages, p => Assert.Contains($"`{p}`", readme, StringComparison.Ordinal));
    }

    private static string Stores()
    {
        var text = new StringBuilder("| `vector_database_type` | what it is | needs | survives a restart | runs inside the bot |\n|---|---|---|---|---|\n");
        foreach (var backend in KnownBackends.All)
            text.Append($"| `{backend.Name}` | {Cell(backend.Summary)} | {Cell(backend.Needs)} | {Yes(backend, Capabilities.Durable)} | {Yes(backend, Capabilities.Embedded)} |\n");
        return text.ToString();
    }

    private static string Yes(Backend backend, Capabilities what) => backend.Capabilities.HasFlag(what) ? "yes" : "no";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex("(\\]\\(|src=\")(?<target>[^)\"]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();
}
