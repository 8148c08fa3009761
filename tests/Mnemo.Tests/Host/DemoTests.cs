using System.Text;
using Microsoft.Extensions.Time.Testing;
using Mnemo.Host.Demo;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Spectre.Console;
using Xunit;

namespace Mnemo.Tests.Host;

public sealed class DemoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Languages => [.. Strings.Languages];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_demo_keeps_every_promise_and_leaves_nothing_behind(string language)
    {
        using var scratch = new ScratchDirectory();
        var output = new StringWriter();
        var isGood = await Play(output, scratch, language, isFast: true, TimeProvider.System).RunAsync(Token);
        Assert.True(isGood, output.ToString());
        Assert.DoesNotContain("\u001b", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("demo.", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Fact]
    public async Task Stopped_in_the_middle_the_demo_leaves_nothing_behind()
    {
        using var scratch = new ScratchDirectory();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 14, 9, 26, 0, TimeSpan.Zero));
        var play = Play(new StringWriter(), scratch, Strings.English, isFast: false, clock).RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => play);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.Path));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Only_the_forgotten_member_of_the_sample_chat_says_the_words_that_are_searched(string language)
    {
        var script = DemoScript.Read(language, new DateTimeOffset(2026, 3, 14, 9, 26, 0, TimeSpan.Zero));
        Assert.InRange(script.Messages.Count, 20, 30);
        Assert.InRange(script.Messages.Select(m => m.Speaker).Distinct().Count(), 4, 5);
        var byOthers = script.Messages.Where(m => m.Speaker.Name != script.Forgets).Select(m => m.Text)
            .Concat([script.Secret, script.Why, script.Guild, script.Channel, .. script.Questions]).ToList();
        foreach (var word in script.Canaries)
        {
            Assert.Contains(script.Messages, m => m.Text.Contains(word, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(byOthers, t => t.Contains(word, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void A_word_is_found_in_any_case_and_encoding_and_in_any_folder()
    {
        using var scratch = new ScratchDirectory();
        Directory.CreateDirectory(Path.Combine(scratch.Path, "deep", "er"));
        File.WriteAllText(Path.Combine(scratch.Path, "deep", "er", "a.db"), "xxPORTOxxporto");
        File.WriteAllText(Path.Combine(scratch.Path, "b.db"), "大理 and Porto", Encoding.Unicode);
        File.WriteAllBytes(Path.Combine(scratch.Path, "empty"), []);
        var found = FileSearch.Run(scratch.Path, ["Porto", "大理"]);
        Assert.Equal((3, 4L), (found.Files, found.Hits));
    }

    [Fact]
    public async Task The_picture_is_a_page_that_stands_alone()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "demo.html");
        await DemoPicture.WriteAsync(path, "<pre style=\"x\"><span>said &amp; done</span>\n</pre>", "mnemo <demo>", Token);
        var page = await File.ReadAllTextAsync(path, Token);
        Assert.Contains("<pre><span>said &amp; done</span></pre>", page, StringComparison.Ordinal);
        Assert.Contains("<title>mnemo &lt;demo&gt;</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    private static DemoPlay Play(TextWriter output, ScratchDirectory scratch, string language, bool isFast, TimeProvider clock)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        return new DemoPlay(console, new DemoPlayOptions(language, isFast, IsRich: false, IsPicture: false) { ScratchParent = scratch.Path }, clock);
    }
}
