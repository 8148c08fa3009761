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
        while (text.Length > MaxLength)
        {
            var cut = text.LastIndexOfAny(SentenceEnds, MaxLength - 1, MaxLength / 2) + 1;
            if (cut <= 0) cut = text.LastIndexOf(' ', MaxLength - 1, MaxLength / 2) + 1;
            if (cut <= 0) cut = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
            if (text[..cut].Trim() is { Length: > 0 } piece) yield return piece;
            text = text[cut..].TrimStart();
        }

        if (text.Length > 0) yield return text;
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
