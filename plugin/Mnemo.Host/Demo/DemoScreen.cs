using System.Globalization;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mnemo.Host.Demo;

using Text = Spectre.Console.Text;

/// <summary>Draws the demo: with colours and frames on a terminal, as clean lines anywhere else.</summary>
internal sealed class DemoScreen(IAnsiConsole console, bool isRich, int nameWidth, TimeProvider clock)
{
    private const int MaxWidth = 100;
    private const int TimeWidth = 11;
    private static readonly Color[] Colours = [Color.SkyBlue1, Color.Plum1, Color.DarkSeaGreen2, Color.LightSalmon1, Color.Khaki1];
    private static readonly Style Quiet = new(Color.Grey62);
    private static readonly Style Bot = new(Color.Gold1, decoration: Decoration.Bold);
    private readonly Dictionary<string, Color> _colours = new(StringComparer.Ordinal);
    private int _acts;

    private int Width => Math.Min(MaxWidth, console.Profile.Width);

    /// <summary>What this is, once at the top.</summary>
    public void Title(string title, string about)
    {
        if (!isRich)
        {
            Plain(title);
            Plain(about);
            return;
        }

        var text = new Rows(new Text(title, new Style(Color.Gold1, decoration: Decoration.Bold)), new Text(about, Quiet));
        console.Write(new Panel(text) { Border = BoxBorder.Rounded, BorderStyle = new Style(Color.SlateBlue1), Padding = new Padding(2, 0), Width = Width });
    }

    /// <summary>The heading of the next act and a sentence about it.</summary>
    public void Act(string title, string about)
    {
        var heading = string.Create(CultureInfo.InvariantCulture, $"{++_acts} · {title}");
        console.WriteLine();
        if (isRich)
        {
            console.Write(Narrow(new Rule($"[bold]{Markup.Escape(heading)}[/]") { Justification = Justify.Left, Style = new Style(Color.SlateBlue1) }));
            console.Write(Narrow(new Text($" {about}", Quiet)));
        }
        else
        {
            Plain($"== {heading} ==");
            Plain(about);
        }
    }

    /// <summary>Something that somebody says, with a mark at the right end.</summary>
    public void Said(DateTimeOffset? at, string place, Speaker speaker, string text, string mark = "")
    {
        var when = at is { } time ? TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture) : place;
        if (!isRich)
        {
            Plain($"[{when}] {speaker.Name}: {text}{(mark.Length > 0 ? $"  ({mark})" : "")}");
            return;
        }

        Row(when, speaker.Name, new Style(ColourOf(speaker), decoration: Decoration.Bold), text, mark);
    }

    /// <summary>What the bot says.</summary>
    public void Answered(string botName, string text)
    {
        if (isRich) Row("", botName, Bot, text, "");
        else Plain($"  {botName}> {text}");
    }

    /// <summary>The reply to a command.</summary>
    public void Reply(CommandReply reply)
    {
        if (!isRich)
        {
            foreach (var line in PlainReplies.Render(reply)) Plain("  " + line);
            return;
        }

        var text = new Rows(PlainReplies.Render(reply).Select(l => (IRenderable)new Text(l, StyleOf(l))));
        console.Write(new Panel(text) { Border = BoxBorder.Rounded, BorderStyle = new Style(Color.Grey39), Padding = new Padding(1, 0), Width = Width });
    }

    /// <summary>A remark beside the play.</summary>
    public void Note(string text)
    {
        if (isRich) console.Write(Narrow(new Text($" {text}", Quiet)));
        else Plain(text);
    }

    /// <summary>A promise that was kept, or not.</summary>
    public void Verdict(bool isKept, string text)
    {
        var line = $"{(isKept ? "✓" : "✗")} {text}";
        if (isRich) console.Write(Narrow(new Text($" {line}", new Style(isKept ? Color.Green3 : Color.Red, decoration: Decoration.Bold))));
        else Plain(line);
    }

    /// <summary>A command for the reader to type.</summary>
    public void Command(string command, string about)
    {
        if (!isRich)
        {
            Plain($"  {command}    {about}");
            return;
        }

        console.Write(new Padder(Line("$", Quiet, command, new Style(Color.Gold1)).Append($"   {about}", Quiet), new Padding(2, 0, 0, 0)));
    }

    // Four columns, of which only the text may break into several lines.
    private void Row(string when, string name, Style style, string text, string mark)
    {
        var left = $" {TextWidth.Pad(when, TimeWidth)}  ";
        var middle = TextWidth.Pad(name, nameWidth) + "  ";
        var right = mark.Length > 0 ? "  " + mark : "";
        var room = Width - TextWidth.Of(left) - TextWidth.Of(middle) - TextWidth.Of(right);
        var grid = new Table { Border = TableBorder.None, ShowHeaders = false }
            .AddColumn(Column(TextWidth.Of(left))).AddColumn(Column(TextWidth.Of(middle))).AddColumn(Column(room)).AddColumn(Column(TextWidth.Of(right)));
        grid.AddRow(new Text(left, Quiet), new Text(middle, style), new Text(TextWidth.Harmless(text)), new Text(right, new Style(Color.Green3)));
        console.Write(grid);
    }

    private static Style StyleOf(string line) => line switch
    {
        ['✓', ..] => new Style(Color.Green3),
        ['✗', ..] => new Style(Color.Red),
        [' ', ..] => Style.Plain,
        _ => new Style(decoration: Decoration.Bold),
    };

    private static Paragraph Line(string name, Style style, string text, Style? textStyle = null) =>
        new Paragraph().Append(name, style).Append("  ").Append(TextWidth.Harmless(text), textStyle);

    private Color ColourOf(Speaker speaker)
    {
        if (!_colours.TryGetValue(speaker.Id, out var colour)) _colours[speaker.Id] = colour = Colours[_colours.Count % Colours.Length];
        return colour;
    }

    private static TableColumn Column(int width) => new("") { Width = width, Padding = new Padding(0) };

    private Table Narrow(IRenderable inner) => new Table { Border = TableBorder.None, ShowHeaders = false }.AddColumn(Column(Width)).AddRow(inner);

    private void Plain(string line) => console.Profile.Out.Writer.WriteLine(TextWidth.Harmless(line));
}
