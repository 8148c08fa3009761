using System.Text;

namespace Mnemo.Plugin.Commands;

/// <summary>How wide text is on a terminal, and what of it may be shown there.</summary>
internal static class TextWidth
{
    /// <summary>The cells that a text takes: Chinese and most emoji take two.</summary>
    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Of(rune);
        return width;
    }

    /// <summary>The cells that one character takes.</summary>
    public static int Of(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x300) return Rune.IsControl(rune) ? 0 : 1;
        if (value is 0x200B or 0x200C or 0x200D or (>= 0xFE00 and <= 0xFE0F)) return 0;
        if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark) return 0;
        var isWide = value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD);
        return isWide ? 2 : 1;
    }

    /// <summary>The text with blanks behind it up to a width.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    /// <summary>
    /// The text without control characters, so that nothing remembered can move the cursor, change colours or
    /// reorder what is shown; line breaks become blanks.
    /// </summary>
    public static string Harmless(string text)
    {
        if (!text.Any(IsHarmful)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '\n' or '\t') clean.Append(' ');
            else if (!IsHarmful(letter)) clean.Append(letter);
        }

        return clean.ToString();
    }

    /// <summary>The first cells of a text, with an ellipsis when something was cut off.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width) return text;
        var kept = new StringBuilder();
        var used = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Of(rune);
            if (used > width) break;
            kept.Append(rune);
        }

        return kept.Append('…').ToString();
    }

    private static bool IsHarmful(char letter) => char.IsControl(letter) || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';
}
