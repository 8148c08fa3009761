using System.Globalization;
using System.Text.Json;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>A line of input.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Text">What was said.</param>
/// <param name="At">When; null when the line does not say.</param>
public sealed record ConsoleLine(string Id, string Text, DateTimeOffset? At)
{
    /// <summary>Reads a line of <c>--json</c>: <c>{"id":"…","text":"…","at":"…"}</c>, or anything else as plain text.</summary>
    /// <returns>Null with the reason in <paramref name="problem"/> for an object that is not a message.</returns>
    public static ConsoleLine? Read(string line, bool isJson, Func<string> nextId, out string problem)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(nextId);
        problem = "";
        if (!isJson || !line.StartsWith('{')) return new ConsoleLine(nextId(), line, null);
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (Part(root, "text") is not { } text) problem = "chat.json.text";
            var at = Part(root, "at");
            var time = default(DateTimeOffset);
            if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) problem = "chat.json.at";
            return problem.Length > 0 ? null : new ConsoleLine(Part(root, "id") ?? nextId(), Part(root, "text")!, at is null ? null : time);
        }
        catch (JsonException)
        {
            return new ConsoleLine(nextId(), line, null);
        }
    }

    private static string? Part(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
