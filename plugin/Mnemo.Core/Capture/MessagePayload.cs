using System.Buffers;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Capture;

/// <summary>How a waiting message lies in the outbox: one JSON object in UTF-8.</summary>
internal static class MessagePayload
{
    public static byte[] Write(ChatMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + message.Text.Length);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("id", message.Id);
            json.WriteStartObject("scope");
            json.WriteString("platform", message.Scope.Platform);
            json.WriteString("guild", message.Scope.Guild);
            json.WriteString("channel", message.Scope.Channel);
            json.WriteString("subject", message.Scope.Subject);
            json.WriteString("thread", message.Scope.Thread);
            json.WriteString("persona", message.Scope.Persona);
            json.WriteEndObject();
            json.WriteString("speaker", message.Speaker.Id);
            json.WriteString("name", message.Speaker.Name);
            json.WriteString("text", message.Text);
            if (message.At is { } at) json.WriteNumber("at", at.ToUnixTimeMilliseconds());
            if (message.Link.Length > 0) json.WriteString("link", message.Link);
            if (message.Session.Length > 0) json.WriteString("session", message.Session);
            if (message.IsToBot) json.WriteBoolean("to_bot", value: true);
            if (message.IsPinned) json.WriteBoolean("pinned", value: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is not a message; the reason holds no text of it.</exception>
    public static ChatMessage Read(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            var scope = MemoryScope.TryRead(root.GetProperty("scope"), out var problem) ?? throw new FormatException(problem);
            return new ChatMessage(Text(root, "id"), scope, new Speaker(Text(root, "speaker"), Text(root, "name")), Text(root, "text"),
                root.TryGetProperty("at", out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()) : null)
            {
                Link = root.TryGetProperty("link", out var link) ? link.GetString()! : "",
                Session = root.TryGetProperty("session", out var session) ? session.GetString()! : "",
                IsToBot = root.TryGetProperty("to_bot", out _),
                IsPinned = root.TryGetProperty("pinned", out _),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("the waiting message cannot be read", e);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
