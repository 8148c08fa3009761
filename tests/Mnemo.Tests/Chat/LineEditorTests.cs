using Mnemo.Plugin.Chat.Console;
using Xunit;

namespace Mnemo.Tests.Chat;

public sealed class LineEditorTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("helo<left>l", "hello")]
    [InlineData("hello world<c-w>you", "hello you")]
    [InlineData("world<home>hello <end>!", "hello world!")]
    [InlineData("hello<c-a><delete>j", "jello")]
    [InlineData("hello<left><left><c-k>p", "help")]
    [InlineData("junk<c-u>hello", "hello")]
    [InlineData("团子<backspace>圆", "团圆")]
    [InlineData("a👍🏽<backspace>b", "ab")]
    [InlineData("e\u0301x<left><left><delete>y", "yx")]
    [InlineData("<up>", "second")]
    [InlineData("<up><up>", "first")]
    [InlineData("draft<up><up><down><down>", "draft")]
    [InlineData("/mem<tab>stat<tab>", "/memory status ")]
    [InlineData("/memory me f<tab>", "/memory me forget ")]
    [InlineData("/memory me forget --c<tab>", "/memory me forget --confirm ")]
    [InlineData("/memory me privacy inc<tab>", "/memory me privacy incognito ")]
    [InlineData("/memory list<tab>_r<tab>", "/memory list_records ")]
    [InlineData("not a command<tab>", "not a command")]
    public async Task Keys_edit_the_line(string keys, string expected)
    {
        var editor = Editor(keys + "<enter>", out _);

        Assert.Equal(expected, await editor.ReadAsync("> ", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Control_D_on_an_empty_line_ends_the_input() =>
        Assert.Null(await Editor("<c-d>", out _).ReadAsync("> ", TestContext.Current.CancellationToken));

    [Fact]
    public async Task The_end_of_the_keys_ends_the_input() =>
        Assert.Null(await Editor("abc", out _).ReadAsync("> ", TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_line_longer_than_the_window_scrolls_instead_of_wrapping()
    {
        var editor = Editor(new string('x', 100) + "<enter>", out var screen);

        await editor.ReadAsync("> ", TestContext.Current.CancellationToken);

        Assert.All(screen.ToString().Split('\r'), drawn => Assert.True(drawn.TrimEnd('\n').Replace("\u001b[K", "", StringComparison.Ordinal).Length <= 40));
    }

    [Fact]
    public async Task The_end_of_the_line_is_on_the_terminal_before_the_line_is_handed_over()
    {
        using var terminal = new MemoryStream();
        await using var output = new StreamWriter(terminal) { NewLine = "\n" };
        var keys = new Queue<ConsoleKeyInfo>(Read("hi<enter>"));

        await new LineEditor(new InputPump<ConsoleKeyInfo?>(() => keys.Dequeue()), output, () => 40).ReadAsync("> ", TestContext.Current.CancellationToken);

        Assert.Equal((byte)'\n', terminal.ToArray()[^1]);
    }

    private static LineEditor Editor(string keys, out StringWriter screen)
    {
        var pressed = new Queue<ConsoleKeyInfo>(Read(keys));
        screen = new StringWriter { NewLine = "\n" };
        var reader = new InputPump<ConsoleKeyInfo?>(() => pressed.TryDequeue(out var key) ? key : null);
        return new LineEditor(reader, screen, () => 40) { History = ["first", "second"] };
    }

    private static IEnumerable<ConsoleKeyInfo> Read(string keys)
    {
        for (var at = 0; at < keys.Length; at++)
        {
            var end = keys[at] == '<' ? keys.IndexOf('>', at) : -1;
            if (end < 0)
            {
                yield return new ConsoleKeyInfo(keys[at], default, false, false, false);
                continue;
            }

            var name = keys[(at + 1)..end];
            at = end;
            yield return name switch
            {
                "left" => Special(ConsoleKey.LeftArrow), "up" => Special(ConsoleKey.UpArrow), "down" => Special(ConsoleKey.DownArrow),
                "home" => Special(ConsoleKey.Home), "end" => Special(ConsoleKey.End), "delete" => Special(ConsoleKey.Delete),
                "backspace" => Special(ConsoleKey.Backspace), "tab" => Special(ConsoleKey.Tab), "enter" => Special(ConsoleKey.Enter),
                _ => new ConsoleKeyInfo((char)(name[2] - 'a' + 1), ConsoleKey.A + (name[2] - 'a'), false, false, true),
            };
        }
    }

    private static ConsoleKeyInfo Special(ConsoleKey key) => new('\0', key, false, false, false);
}
