using System.Globalization;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// The line under the cursor and what keys do to it. Moves by what people see as one letter, never into the middle of
/// one. A letter at the end costs the same however long the line is, so that a long text can be pasted.
/// </summary>
internal sealed class LineBuffer
{
    private char[] _letters = new char[256];
    private int _length;
    private int _cursor;

    public string Text => new(Letters);

    /// <summary>The text without copying it, valid until the next change.</summary>
    public ReadOnlySpan<char> Letters => _letters.AsSpan(0, _length);

    public int Cursor => _cursor;

    public void Set(string text)
    {
        (_length, _cursor) = (0, 0);
        Insert(text);
    }

    public void Insert(string text)
    {
        if (_length + text.Length > _letters.Length) Array.Resize(ref _letters, Math.Max(_length + text.Length, _letters.Length * 2));
        _letters.AsSpan(_cursor, _length - _cursor).CopyTo(_letters.AsSpan(_cursor + text.Length));
        text.CopyTo(_letters.AsSpan(_cursor));
        _length += text.Length;
        _cursor += text.Length;
    }

    public void Backspace() => Remove(Before(), _cursor);

    public void Delete() => Remove(_cursor, After());

    public void Left() => _cursor = Before();

    public void Right() => _cursor = After();

    public void Home() => _cursor = 0;

    public void End() => _cursor = _length;

    public void WordLeft() => _cursor = WordStart();

    public void WordRight()
    {
        while (_cursor < _length && !char.IsWhiteSpace(_letters[_cursor])) _cursor++;
        while (_cursor < _length && char.IsWhiteSpace(_letters[_cursor])) _cursor++;
    }

    public void EraseWord() => Remove(WordStart(), _cursor);

    public void EraseToEnd() => _length = _cursor;

    public void EraseToStart() => Remove(0, _cursor);

    private void Remove(int from, int to)
    {
        _letters.AsSpan(to, _length - to).CopyTo(_letters.AsSpan(from));
        _length -= to - from;
        _cursor = from;
    }

    private int WordStart()
    {
        var at = _cursor;
        while (at > 0 && char.IsWhiteSpace(_letters[at - 1])) at--;
        while (at > 0 && !char.IsWhiteSpace(_letters[at - 1])) at--;
        return at;
    }

    private int Before()
    {
        var at = 0;
        while (at < _cursor)
        {
            var next = at + StringInfo.GetNextTextElementLength(Letters[at..]);
            if (next >= _cursor) return at;
            at = next;
        }

        return 0;
    }

    private int After() => _cursor >= _length ? _cursor : _cursor + StringInfo.GetNextTextElementLength(Letters[_cursor..]);
}
