using System.Text.RegularExpressions;

namespace Mnemo.Capture;

/// <summary>
/// Keeps what people said, in their words. "Remember …" and "记住…" at the beginning pin the rest, unless the message is
/// pinned as a whole; a text too long for one memory becomes several.
/// </summary>
internal static partial class RawExtractor
{
    /// <summary>Longer texts are cut. Every store takes this much, also those that count bytes.</summary>
    public const int MaxLength = 8000;

    private static readonly char[] SentenceEnds = ['.', '!', '?', '。', '！', '？', '\n'];

    public static IReadOnlyList<RawDraft> Extract(ChatMessage message)
    {
        var text = message.Text.Trim();
        var pin = message.IsPinned ? text : PinnedPart(text);
        return [.. Pieces(pin ?? text).Select(piece => new RawDraft(piece, pin is not null))];
    }

    /// <summary>Whether the text asks for something to be remembered.</summary>
    public static bool AsksToRemember(string text) => PinnedPart(text.Trim()) is not null;

    private static string? PinnedPart(string text)
    {
        // "Remember when we …" reminds somebody of something, and a question asks; neither wants a pin.
        if (text.EndsWith('?') || text.EndsWith('？')) return null;
        var match = EnglishLead().Match(text);
        if (!match.Success) match = ChineseLead().Match(text);
        if (!match.Success) return null;
        var rest = match.Groups["rest"].Value.Trim();
        return rest.Any(char.IsLetterOrDigit) ? rest : text;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        while (text.Length - start > MaxLength)
        {
            var last = start + MaxLength - 1;
            var end = text.LastIndexOfAny(SentenceEnds, last, MaxLength / 2) + 1;
            if (end <= 0) end = text.LastIndexOf(' ', last, MaxLength / 2) + 1;
            if (end <= 0) end = char.IsHighSurrogate(text[last]) ? last : last + 1;
            if (text[start..end].Trim() is { Length: > 0 } piece) yield return piece;
            // What is left is not copied: a text is read once, however long it is.
            for (start = end; start < text.Length && char.IsWhiteSpace(text[start]);) start++;
        }

        if (start < text.Length) yield return text[start..];
    }

    [GeneratedRegex(@"^(?:(?:please|pls|and|also)[, ]+)?remember\b(?!\s+(?:when|how|who|what|where|why|those|the\s+times?)\b)(?:\s+that\b|\s+this\b)?[\s:,;.!-]*(?<rest>.*)$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EnglishLead();

    [GeneratedRegex(@"^(?:请你?|麻烦你?|帮我|要)?(?:记住|記住|记一下|記一下|记着)(?:了|这个|这件事|一下)?[\s:：,，。.!！]*(?<rest>.*)$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ChineseLead();
}

/// <summary>A memory in the making.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsPinned">Whether somebody asked for it to be remembered.</param>
internal sealed record RawDraft(string Text, bool IsPinned);
