using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mnemo.Memories;

/// <summary>
/// What a memory may be, so that every store can keep it: the narrowest limits of all of them, in one place. Whatever
/// passes can be moved between any two stores.
/// </summary>
public static class PortableRecord
{
    /// <summary>The most bytes of UTF-8 in a text, a quote, a session, a name or a part of a scope.</summary>
    public const int MaxTextBytes = 65_535;

    /// <summary>The most bytes of JSON that the sources may take; the same for the attributes.</summary>
    public const int MaxListBytes = 60_000;

    /// <summary>
    /// The latest moment at which something can have been said. A year is left to the end of the calendar, so that a
    /// span added to it is a time still; doors refuse what lies later.
    /// </summary>
    public static readonly DateTimeOffset LatestTime = new(9998, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);

    /// <summary>The one id that no memory may have: it has no positive counterpart, and stores keep it for themselves.</summary>
    public static MemoryId ForbiddenId { get; } = new(long.MinValue);

    /// <summary>
    /// The first thing that a store could not keep, as a clause that names the field and what it may be; null when there
    /// is none. It holds no text of the memory.
    /// </summary>
    public static string? Flaw(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.Id == ForbiddenId) return $"its 'id' is {ForbiddenId}, which no memory may have; leave it out to get another";
        return FlawOfTexts(memory) ?? FlawOfSources(memory.Sources) ?? FlawOfAttributes(memory.Attributes);
    }

    /// <summary>Whether it is text that every store keeps letter by letter: no U+0000, no half of a surrogate pair.</summary>
    public static bool IsText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.Contains('\0') && IsWellFormed(text);
    }

    /// <summary>What keeps a text from being kept; null when nothing does.</summary>
    public static string? Flaw(string field, string text) => FlawOfLetters(field, text) ?? FlawOfLength(field, text);

    /// <summary>Whether a list of sources is short enough to be kept.</summary>
    public static bool Holds(IReadOnlyList<SourceMessage> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return sources.Sum(RecordJson.MostBytes) <= MaxListBytes || RecordJson.CountBytes(sources) <= MaxListBytes;
    }

    private static string? FlawOfTexts(Memory memory)
    {
        var scope = memory.Scope;
        return Flaw("text", memory.Text) ?? Flaw("quote", memory.Quote) ?? Flaw("session", memory.Session)
            ?? Flaw("speaker.id", memory.Speaker.Id) ?? Flaw("speaker.name", memory.Speaker.Name)
            ?? Flaw("scope.platform", scope.Platform) ?? Flaw("scope.guild", scope.Guild) ?? Flaw("scope.channel", scope.Channel)
            ?? Flaw("scope.thread", scope.Thread) ?? Flaw("scope.subject", scope.Subject) ?? Flaw("scope.persona", scope.Persona);
    }

    private static string? FlawOfSources(IReadOnlyList<SourceMessage> sources)
    {
        var most = 0L;
        foreach (var source in sources)
        {
            if ((FlawOfLetters("sources.id", source.MessageId) ?? FlawOfLetters("sources.link", source.Link)) is { } flaw) return flaw;
            most += RecordJson.MostBytes(source);
        }

        return most <= MaxListBytes ? null : FlawOfSize("sources", RecordJson.CountBytes(sources));
    }

    private static string? FlawOfAttributes(IReadOnlyDictionary<string, string> attributes)
    {
        var most = 0L;
        foreach (var (name, value) in attributes)
        {
            if ((FlawOfLetters("attributes", name) ?? FlawOfLetters("attributes", value)) is { } flaw) return flaw;
            most += RecordJson.MostBytes(name, value);
        }

        return most <= MaxListBytes ? null : FlawOfSize("attributes", RecordJson.CountBytes(attributes));
    }

    private static string? FlawOfLength(string field, string text)
    {
        const int mostBytesPerChar = 3;
        if (text.Length * (long)mostBytesPerChar <= MaxTextBytes) return null;
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= MaxTextBytes ? null : $"its '{field}' takes {Number(bytes)} bytes of UTF-8, at most {Number(MaxTextBytes)} are kept; shorten it";
    }

    private static string? FlawOfSize(string field, long bytes)
        => bytes <= MaxListBytes ? null : $"its '{field}' take {Number(bytes)} bytes of JSON, at most {Number(MaxListBytes)} are kept; shorten them";

    private static string? FlawOfLetters(string field, string text)
    {
        if (text.Contains('\0')) return $"its '{field}' holds the character U+0000, which no store keeps; take it out";
        return IsWellFormed(text) ? null : $"its '{field}' holds half a surrogate pair; repair its encoding";
    }

    private static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(rest[at..], out _, out var used) != OperationStatus.Done) return false;
            rest = rest[(at + used)..];
        }

        return true;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
