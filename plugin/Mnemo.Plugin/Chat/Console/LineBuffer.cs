using System.Globalization;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>The line under the cursor and what keys do to it. Moves by what people see as one letter, never into the middle of one.</summary>
internal sealed class LineBuffer
{
    private string _text = "";
    private int _cursor;

    public string Text => _text;

    public int Cursor => _cursor;

    public void Set(string text) => (_text, _cursor) = (text, text.Length);

    public void Insert(string text)
    {
        _text = _text.Insert(_cursor, text);
        _cursor += text.Length;
    }

    public void Backspace()
    {
        var from = Before();
        _text = _text.Remove(from, _cursor - from);
        _cursor = from;
    }

    public void Delete() => _text = _text.Remove(_cursor, After() - _cursor);

    public void Left() => _cursor = Before();

    public void Right() => _cursor = After();

    public void Home() => _cursor = 0;

    public void End() => _cursor = _text.Length;

    public void WordLeft() => _cursor = WordStart();

    public void WordRight()
    {
        while (_cursor < _text.Length && !char.IsWhiteSpace(_text[_cursor])) _cursor++;
        while (_cursor < _text.Length && char.IsWhiteSpace(_text[_cursor])) _cursor++;
    }

    public void EraseWord()
    {
        var from = WordStart();
        _text = _text.Remove(from, _cursor - from);
        _cursor = from;
    }

    public void EraseToEnd() => _text = _text[.._cursor];

    public void EraseToStart() => (_text, _cursor) = (_text[_cursor..], 0);

    private int WordStart()
    {
        var at = _cursor;
        while (at > 0 && char.IsWhiteSpace(_text[at - 1])) at--;
        while (at > 0 && !char.IsWhiteSpace(_text[at - 1])) at--;
        return at;
    }

    private int Before()
    {
        var at = 0;
        while (at < _cursor)
        {
            var next = at + StringInfo.GetNextTextElementLength(_text, at);
            if (next >= _cursor) return at;
            at = next;
        }

        return 0;
    }

    private int After() => _cursor >= _text.Length ? _cursor : _cursor + StringInfo.GetNextTextElementLength(_text, _cursor);
}
