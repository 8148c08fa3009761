using System.Globalization;
using System.Text;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>A line of input.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Text">What was said.</param>
/// <param name="At">When; null when the line does not say.</param>
public sealed record ConsoleLine(string Id, string Text, DateTimeOffset? At)
{
    // A character that no text holds, so that what could not be read is told from a replacement character that was sent.
    private const char Undecodable = '\uFFFF';

    private const int MaxIdLength = 512;

    /// <summary>UTF-8 that marks bytes which are none, so that <see cref="Read"/> can refuse their line.</summary>
    public static Encoding Encoding { get; } = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback($"{Undecodable}"));

    /// <summary>Reads a line of <c>--json</c>: <c>{"id":"…","text":"…","at":"…"}</c>, or anything else as plain text.</summary>
    /// <returns>Null with the reason in <paramref name="problem"/> for an object that is not a message and for bytes that are not text.</returns>
    public static ConsoleLine? Read(string line, bool isJson, Func<string> nextId, out string problem)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(nextId);
        problem = IsReadable(line) ? "" : "chat.unreadable";
        if (problem.Length > 0) return null;
        if (!isJson || !line.StartsWith('{')) return new ConsoleLine(nextId(), line, null);
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var text = Part(root, "text");
            if (text is null) problem = "chat.json.text";
            var at = Part(root, "at");
            var time = default(DateTimeOffset);
            if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) problem = "chat.json.at";
            if (time > PortableRecord.LatestTime) problem = "chat.json.late";
            var id = Part(root, "id");
            if (id is { Length: > MaxIdLength } || id?.Contains('\0') == true) problem = "chat.json.id";
            return problem.Length > 0 ? null : new ConsoleLine(id ?? nextId(), text!, at is null ? null : time);
        }
        catch (JsonException)
        {
            return new ConsoleLine(nextId(), line, null);
        }
        catch (InvalidOperationException)
        {
            // A text that is half of a surrogate pair is valid JSON, but no text.
            problem = "chat.unreadable";
            return null;
        }
    }

    // UTF-16 without its byte order mark shows by its zeros.
    private static bool IsReadable(string line) => line.AsSpan().IndexOfAny(Undecodable, '\0') < 0;

    private static string? Part(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
