namespace Mnemo.Text;

/// <summary>
/// The one way a text becomes words, for the text index, the embedder, coverage and duplicates alike: folded, English
/// stop words dropped and the rest stemmed, Chinese (and other scripts without blanks) as characters and their bigrams.
/// </summary>
public static class Tokens
{
    /// <summary>The terms in reading order, repetitions included.</summary>
    public static List<string> Of(string text)
    {
        var folded = LetterFolding.Fold(text);
        List<string> terms = [];
        var at = 0;
        while (at < folded.Length)
        {
            if (IsIdeographic(folded[at])) at = ReadRun(folded, at, terms);
            else if (IsWordLetter(folded, at)) at = ReadWord(folded, at, terms);
            else at++;
        }

        return terms;
    }

    /// <summary>Whether the letter belongs to a script written without blanks.</summary>
    public static bool IsIdeographic(char letter) => letter is (>= '\u4E00' and <= '\u9FFF') or (>= '\u3400' and <= '\u4DBF')
        or (>= '\u3041' and <= '\u30FF') or (>= '\uAC00' and <= '\uD7AF') or (>= '\uF900' and <= '\uFAFF') or '\u3005' or '\u3007';

    /// <summary>A rough count of a model's tokens: one per Chinese character, one per four other characters.</summary>
    public static int Estimate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ideographs = text.Count(IsIdeographic);
        return ideographs + (text.Length - ideographs + 3) / 4;
    }

    private static bool IsWordLetter(string text, int at) => char.IsLetterOrDigit(text[at]) && !IsIdeographic(text[at]);

    private static int ReadRun(string text, int start, List<string> terms)
    {
        var end = start;
        while (end < text.Length && IsIdeographic(text[end]))
        {
            terms.Add(text.Substring(end, 1));
            if (end > start) terms.Add(text.Substring(end - 1, 2));
            end++;
        }

        return end;
    }

    private static int ReadWord(string text, int start, List<string> terms)
    {
        var end = start;
        while (end < text.Length && (IsWordLetter(text, end) || IsApostropheInside(text, end))) end++;
        var word = text.AsSpan(start, end - start);
        if (word.EndsWith("n't")) word = word[..^3];
        else if (word.LastIndexOf('\'') is var mark and > 0 && word.Length - mark <= 3) word = word[..mark];
        var term = word.Contains('\'') ? word.ToString().Replace("'", "", StringComparison.Ordinal) : word.ToString();
        if (term.Length > 0 && !StopWords.Contains(term)) terms.Add(EnglishStem.Of(term));
        return end;
    }

    private static bool IsApostropheInside(string text, int at) => text[at] == '\'' && at > 0 && at + 1 < text.Length
        && IsWordLetter(text, at - 1) && IsWordLetter(text, at + 1);
}
