using System.Text;

namespace Mnemo.Text;

/// <summary>
/// Brings letters to one form: lower case, full-width to plain, accented Latin to its base letter. The process runs
/// without culture data, where <see cref="string.Normalize()"/> changes nothing, so the few foldings that matter are here.
/// </summary>
public static class LetterFolding
{
    private const string Accented = "àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšţťŧùúûüũūŭůűųŵýÿŷźżž";
    private const string Plain = "aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrsssstttuuuuuuuuuuwyyyzzz";

    private static readonly char[] Bases = ReadBases();

    /// <summary>The folded text.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter < 0x80) folded.Append(char.ToLowerInvariant(letter));
            else Append(folded, letter);
        }

        return folded.ToString();
    }

    private static void Append(StringBuilder folded, char letter)
    {
        switch (letter)
        {
            case >= '\uFF01' and <= '\uFF5E':
                folded.Append(char.ToLowerInvariant((char)(letter - 0xFEE0)));
                return;
            case '\u3000':
                folded.Append(' ');
                return;
            case '\u2018' or '\u2019' or '\u02BC':
                folded.Append('\'');
                return;
            case >= '\u0300' and <= '\u036F':
                return;
            case >= '\uFB00' and <= '\uFB04':
                folded.Append((letter - 0xFB00) switch { 0 => "ff", 1 => "fi", 2 => "fl", 3 => "ffi", _ => "ffl" });
                return;
            case 'ß':
                folded.Append("ss");
                return;
            case 'æ' or 'Æ':
                folded.Append("ae");
                return;
            case 'œ' or 'Œ':
                folded.Append("oe");
                return;
            default:
                var lower = char.ToLowerInvariant(letter);
                folded.Append(lower < Bases.Length ? Bases[lower] : lower);
                return;
        }
    }

    private static char[] ReadBases()
    {
        var bases = new char[Accented.Max() + 1];
        for (var letter = 0; letter < bases.Length; letter++) bases[letter] = (char)letter;
        for (var i = 0; i < Accented.Length; i++) bases[Accented[i]] = Plain[i];
        return bases;
    }
}
