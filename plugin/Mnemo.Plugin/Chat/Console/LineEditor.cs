using System.Text;
using Mnemo.Plugin.Commands;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// Reads a line from a terminal: editing keys, history with the arrows, completion with Tab. Long lines scroll
/// sideways, so that the line never wraps and redrawing stays simple.
/// </summary>
internal sealed class LineEditor(InputPump<ConsoleKeyInfo?> keys, TextWriter output, Func<int> windowWidth)
{
    private readonly LineBuffer _line = new();

    /// <summary>The lines that the arrows walk through, oldest first.</summary>
    public IReadOnlyList<string> History { get; set; } = [];

    /// <summary>The next line; null at the end of input.</summary>
    public async Task<string?> ReadAsync(string prompt, CancellationToken cancellation)
    {
        _line.Set("");
        var place = History.Count;
        var draft = "";
        while (true)
        {
            // What is pasted is drawn when it is there, not letter by letter.
            if (!keys.HasNext) Draw(prompt);
            var key = await keys.ReadAsync(cancellation);
            if (key is null || (IsControl(key.Value, ConsoleKey.D) && _line.Letters.Length == 0))
            {
                EndLine();
                return null;
            }

            switch (key.Value.Key)
            {
                case ConsoleKey.Enter:
                    _line.End();
                    Draw(prompt);
                    EndLine();
                    return _line.Text;
                case ConsoleKey.UpArrow when place > 0:
                    if (place == History.Count) draft = _line.Text;
                    _line.Set(History[--place]);
                    break;
                case ConsoleKey.DownArrow when place < History.Count:
                    _line.Set(++place == History.Count ? draft : History[place]);
                    break;
                case ConsoleKey.Tab:
                    Complete();
                    break;
                default:
                    Apply(key.Value);
                    break;
            }
        }
    }

    private void Apply(ConsoleKeyInfo key)
    {
        var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Backspace: _line.Backspace(); break;
            case ConsoleKey.Delete: _line.Delete(); break;
            case ConsoleKey.D when isControl: _line.Delete(); break;
            case ConsoleKey.LeftArrow when isControl: _line.WordLeft(); break;
            case ConsoleKey.RightArrow when isControl: _line.WordRight(); break;
            case ConsoleKey.LeftArrow: _line.Left(); break;
            case ConsoleKey.RightArrow: _line.Right(); break;
            case ConsoleKey.Home: _line.Home(); break;
            case ConsoleKey.End: _line.End(); break;
            case ConsoleKey.A when isControl: _line.Home(); break;
            case ConsoleKey.E when isControl: _line.End(); break;
            case ConsoleKey.K when isControl: _line.EraseToEnd(); break;
            case ConsoleKey.U when isControl: _line.EraseToStart(); break;
            case ConsoleKey.W when isControl: _line.EraseWord(); break;
            case ConsoleKey.Escape: _line.Set(""); break;
            default:
                if (!char.IsControl(key.KeyChar)) _line.Insert(key.KeyChar.ToString());
                break;
        }
    }

    private void Complete()
    {
        var candidates = CommandCompletion.For(_line.Text);
        var completed = CommandCompletion.Complete(_line.Text, candidates);
        if (completed == _line.Text && candidates.Count > 1)
        {
            output.WriteLine();
            output.WriteLine(string.Join("  ", candidates));
        }

        _line.Set(completed);
    }

    // Only what the window holds is measured: from the cursor back to its left edge, and from there to the right one.
    private void Draw(string prompt)
    {
        var left = Math.Max(10, windowWidth() - TextWidth.Of(prompt) - 1);
        var letters = _line.Letters;
        var start = _line.Cursor;
        while (start > 0)
        {
            Rune.DecodeLastFromUtf16(letters[..start], out var rune, out var length);
            if (TextWidth.Of(rune) > left) break;
            left -= TextWidth.Of(rune);
            start -= length;
        }

        var (end, back) = (_line.Cursor, 0);
        while (end < letters.Length)
        {
            Rune.DecodeFromUtf16(letters[end..], out var rune, out var length);
            if (TextWidth.Of(rune) > left) break;
            left -= TextWidth.Of(rune);
            back += TextWidth.Of(rune);
            end += length;
        }

        output.Write($"\r{prompt}{letters[start..end]}\u001b[K{(back > 0 ? $"\u001b[{back}D" : "")}");
        output.Flush();
    }

    /// <summary>The reply goes to the terminal by another way, so the line's end must be there before.</summary>
    private void EndLine()
    {
        output.WriteLine();
        output.Flush();
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey which) => key.Key == which && key.Modifiers.HasFlag(ConsoleModifiers.Control);
}
