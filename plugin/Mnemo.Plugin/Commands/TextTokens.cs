namespace Mnemo.Plugin.Commands;

/// <summary>A word of a command line.</summary>
/// <param name="Text">Without its quotes.</param>
/// <param name="Start">Where it begins in the line.</param>
/// <param name="End">The place after it.</param>
/// <param name="IsQuoted">Whether all of it stood in quotes, so that dashes in front mean nothing.</param>
internal sealed record TextToken(string Text, int Start, int End, bool IsQuoted);

/// <summary>Splits a command line into words. Quotes open at the start of a word or after an equals sign, so that <c>don't</c> is a word.</summary>
internal static class TextTokens
{
    public static IReadOnlyList<TextToken> Split(string line)
    {
        var tokens = new List<TextToken>();
        var closings = new Dictionary<char, int>();
        for (var at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
                continue;
            }

            var token = Read(line, at, closings);
            tokens.Add(token);
            at = token.End;
        }

        return tokens;
    }

    private static TextToken Read(string line, int start, Dictionary<char, int> closings)
    {
        if (Quoted(line, start, closings) is { } whole && Ends(line, whole.End)) return whole with { IsQuoted = true };
        for (var at = start; ; at++)
        {
            if (Ends(line, at)) return new TextToken(line[start..at], start, at, false);
            if (line[at] == '=' && Quoted(line, at + 1, closings) is { } value && Ends(line, value.End))
            {
                return new TextToken(line[start..(at + 1)] + value.Text, start, value.End, false);
            }
        }
    }

    /// <summary>The quoted text that opens here; null when none does or when it never closes.</summary>
    private static TextToken? Quoted(string line, int start, Dictionary<char, int> closings)
    {
        if (start >= line.Length) return null;
        var closing = line[start] switch { '"' => '"', '\'' => '\'', '“' => '”', '‘' => '’', '「' => '」', _ => '\0' };
        if (closing == '\0') return null;
        // Where the last one closes is looked for once, so that a line of quotes that never do is read once.
        if (!closings.TryGetValue(closing, out var last)) closings.Add(closing, last = LastClosing(line, closing));
        if (last <= start) return null;
        for (var end = line.IndexOf(closing, start + 1); end >= 0; end = line.IndexOf(closing, end + 1))
        {
            if (Ends(line, end + 1)) return new TextToken(line[(start + 1)..end], start, end + 1, true);
        }

        return null;
    }

    private static int LastClosing(string line, char closing)
    {
        var at = line.Length - 1;
        while (at >= 0 && !(line[at] == closing && Ends(line, at + 1))) at--;
        return at;
    }

    private static bool Ends(string line, int at) => at >= line.Length || char.IsWhiteSpace(line[at]);
}
