using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Spectre.Console;

namespace Mnemo.Plugin.Chat.Console;

using Text = Spectre.Console.Text;

/// <summary>Draws replies on a terminal. What was remembered is always drawn as text, never as markup.</summary>
internal sealed class ConsoleScreen(IAnsiConsole console, TimeProvider clock)
{
    private const int LongestWaitMs = 2000;

    /// <summary>The first lines that anybody sees.</summary>
    public void Welcome(MnemoRuntime runtime, ConsoleIdentity identity)
    {
        var strings = runtime.Strings;
        console.Write(new Text(strings["chat.welcome.title", CommandVersion.Text] + "\n", new Style(Color.Aqua, decoration: Decoration.Bold)));
        Rows(
        [
            (strings["chat.welcome.data"], runtime.Config.DataDirectory),
            (strings["chat.welcome.model"], strings["chat.welcome.nomodel"]),
            (strings["chat.welcome.you"], $"{identity.Caller.Speaker.Name} ({identity.Caller.Scope.Conversation})"),
        ]);
        console.Write(new Text(strings["chat.welcome.try"] + "\n"));
    }

    /// <summary>A quiet line.</summary>
    public void Hint(string text) => console.Write(new Text(text + "\n", new Style(Color.Grey)));

    /// <summary>What the bot says.</summary>
    public void Answer(string botName, ChatAnswer answer)
    {
        console.Write(new Text($"{botName}> ", new Style(Color.Aqua)));
        console.Write(new Text(TextWidth.Harmless(answer.Text) + "\n"));
    }

    /// <summary>Draws a reply.</summary>
    public void Show(CommandReply reply)
    {
        foreach (var block in reply.Blocks) Show(block);
    }

    /// <summary>Waits for something; after two seconds it shows that it is still working, and for how long.</summary>
    public async Task WhileWaitingAsync(Task work, string label)
    {
        try
        {
            await work.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitMs), clock);
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            await console.Status().StartAsync(Markup.Escape(label), _ => work);
        }
    }

    private void Show(ReplyBlock block)
    {
        switch (block)
        {
            case ReplyBlock.Paragraph p: console.Write(new Text(TextWidth.Harmless(p.Text) + "\n")); break;
            case ReplyBlock.Heading h: console.Write(new Text(TextWidth.Harmless(h.Text) + "\n", new Style(decoration: Decoration.Bold))); break;
            case ReplyBlock.Notice n: console.Write(new Text($"{PlainReplies.Mark(n.Kind)} {TextWidth.Harmless(n.Text)}\n", new Style(ColourOf(n.Kind)))); break;
            case ReplyBlock.Rows r: Rows(r.Items); break;
            case ReplyBlock.Table t: Table(t); break;
            case ReplyBlock.Attachment a: foreach (var line in a.Lines) console.Profile.Out.Writer.WriteLine(line); break;
        }
    }

    private void Rows(IReadOnlyList<(string Name, string Value)> items)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn();
        foreach (var (name, value) in items) grid.AddRow(new Text(TextWidth.Harmless(name), new Style(Color.Grey)), new Text(TextWidth.Harmless(value)));
        console.Write(grid);
    }

    private void Table(ReplyBlock.Table table)
    {
        var drawn = new Table().Border(TableBorder.Simple);
        for (var column = 0; column < table.Headers.Count; column++)
        {
            var header = new TableColumn(new Text(table.Headers[column], new Style(decoration: Decoration.Bold)));
            if (column < table.Headers.Count - 1) header.NoWrap();
            drawn.AddColumn(header);
        }

        foreach (var line in table.Lines) drawn.AddRow(line.Select(cell => new Text(TextWidth.Harmless(cell))));
        console.Write(drawn);
    }

    private static Color ColourOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Success => Color.Green,
        NoticeKind.Failure => Color.Red,
        NoticeKind.Warning => Color.Yellow,
        _ => Color.Grey,
    };
}
