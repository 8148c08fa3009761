using System.Text;
using System.Text.RegularExpressions;

namespace Mnemo.Tests.Repo;

/// <summary>Just enough of C# to find members and to tell code from strings and comments.</summary>
internal static partial class CodeText
{
    /// <summary>The code with strings, characters and comments blanked; lines stay where they are.</summary>
    public static string Blank(string code)
    {
        var blanked = new StringBuilder(code);
        for (var i = 0; i < code.Length;)
        {
            var end = LiteralEnd(code, i);
            for (var j = i; j < end; j++)
            {
                if (code[j] != '\n') blanked[j] = ' ';
            }

            i = Math.Max(end, i + 1);
        }

        return blanked.ToString();
    }

    /// <summary>Every member with a body, by the line where its head starts and its length in lines.</summary>
    public static IEnumerable<(int Line, int Lines)> Members(string code)
    {
        var blanked = Blank(code);
        Stack<(bool IsType, int HeadAt)> open = new();
        var headAt = 0;
        for (var i = 0; i < blanked.Length; i++)
        {
            if (blanked[i] == ';')
            {
                headAt = i + 1;
            }
            else if (blanked[i] == '{')
            {
                var head = blanked[headAt..i];
                open.Push((TypeHead().IsMatch(head) && !head.Contains('='), headAt + head.Length - head.TrimStart().Length));
                headAt = i + 1;
            }
            else if (blanked[i] == '}')
            {
                var (isType, from) = open.Pop();
                headAt = i + 1;
                var isMember = !isType && open.TryPeek(out var around) && around.IsType && !DataHead().IsMatch(blanked[from..blanked.IndexOf('{', from)]);
                if (isMember) yield return (LineOf(from), LineOf(i) - LineOf(from) + 1);
            }
        }

        int LineOf(int position) => code.AsSpan(0, position).Count('\n') + 1;
    }

    /// <summary>Where the literal or comment that starts here ends; the start itself when none does.</summary>
    private static int LiteralEnd(string code, int start)
    {
        var rest = code.AsSpan(start);
        if (rest.StartsWith("//")) return After(code, start, "\n");
        if (rest.StartsWith("/*")) return After(code, start + 2, "*/");
        if (CharacterLiteral().Match(code, start) is { Success: true } character) return start + character.Length;
        var opening = StringOpening().Match(code, start);
        if (!opening.Success) return start;
        var (prefix, quotes) = (opening.Groups[1].Value, opening.Groups[2].Value);
        if (quotes.Length == 2) return start + opening.Length;
        var from = start + opening.Length;
        if (quotes.Length >= 3) return After(code, from, quotes);
        return StringEnd(code, from, prefix.Contains('@', StringComparison.Ordinal), prefix.Contains('$', StringComparison.Ordinal));
    }

    private static int StringEnd(string code, int from, bool isVerbatim, bool hasHoles)
    {
        for (var i = from; i < code.Length; i++)
        {
            var isDoubled = i + 1 < code.Length && code[i + 1] == code[i];
            switch (code[i])
            {
                case '\\' when !isVerbatim:
                case '"' when isVerbatim && isDoubled:
                case '{' when hasHoles && isDoubled:
                    i++;
                    break;
                case '"':
                    return i + 1;
                case '{' when hasHoles:
                    i = HoleEnd(code, i);
                    break;
            }
        }

        return code.Length;
    }

    private static int HoleEnd(string code, int open)
    {
        var depth = 0;
        for (var i = open; i < code.Length;)
        {
            if (code[i] == '{') depth++;
            if (code[i] == '}' && --depth == 0) return i;
            i = Math.Max(LiteralEnd(code, i), i + 1);
        }

        return code.Length;
    }

    private static int After(string code, int from, string end) => code.IndexOf(end, from, StringComparison.Ordinal) is >= 0 and var at ? at + end.Length : code.Length;

    [GeneratedRegex("""\G'(\\.[^'\n]*|[^'\\\n])'""")]
    private static partial Regex CharacterLiteral();

    [GeneratedRegex("""\G([$@]*)("{3,}|""(?!")|")""")]
    private static partial Regex StringOpening();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+\w|\bnamespace\s")]
    private static partial Regex TypeHead();

    // A field or property that is only filled with data may be as long as its table.
    [GeneratedRegex(@"=\s*(new\b[^=]*)?$")]
    private static partial Regex DataHead();
}
