using System.Text.Encodings.Web;
using System.Text.Json;
using Mnemo.Plugin.Commands;

namespace Mnemo.Plugin.Local;

/// <summary>A reply to a command as JSON and back, so that the shell draws it as the bot would.</summary>
internal static class ReplyJson
{
    private const int LinesPerFlush = 200;

    public static async Task WriteAsync(Stream stream, CommandReply reply, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteBoolean("ok", reply.IsSuccess);
        json.WriteBoolean("preview", reply.IsPreview);
        json.WriteBoolean("misused", reply.IsUsageProblem);
        json.WriteStartArray("blocks");
        foreach (var block in reply.Blocks)
        {
            json.WriteStartObject();
            await WriteAsync(json, block, cancellation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
    }

    public static CommandReply Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            return new CommandReply(root.GetProperty("ok").GetBoolean(), [.. root.GetProperty("blocks").EnumerateArray().Select(ReadBlock)])
            {
                IsPreview = root.GetProperty("preview").GetBoolean(),
                IsUsageProblem = root.GetProperty("misused").GetBoolean(),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ProtocolException("the reply cannot be read");
        }
    }

    private static async Task WriteAsync(Utf8JsonWriter json, ReplyBlock block, CancellationToken cancellation)
    {
        switch (block)
        {
            case ReplyBlock.Paragraph p:
                Write(json, "paragraph", p.Text);
                break;
            case ReplyBlock.Heading h:
                Write(json, "heading", h.Text);
                break;
            case ReplyBlock.Notice n:
                Write(json, "notice", n.Text);
                json.WriteNumber("kind", (int)n.Kind);
                break;
            case ReplyBlock.Rows r:
                json.WriteString("type", "rows");
                await WriteLinesAsync(json, r.Items.Select(i => (IEnumerable<string>)[i.Name, i.Value]), cancellation);
                break;
            case ReplyBlock.Table t:
                json.WriteString("type", "table");
                await WriteLinesAsync(json, t.Lines.Prepend(t.Headers), cancellation);
                break;
            case ReplyBlock.Attachment a:
                Write(json, "attachment", a.FileName);
                await WriteLinesAsync(json, a.Lines.Select(l => (IEnumerable<string>)[l]), cancellation);
                break;
            default:
                throw new InvalidOperationException($"A block of the type {block.GetType().Name} has no form here yet.");
        }
    }

    private static void Write(Utf8JsonWriter json, string type, string text)
    {
        json.WriteString("type", type);
        json.WriteString("text", text);
    }

    private static async Task WriteLinesAsync(Utf8JsonWriter json, IEnumerable<IEnumerable<string>> lines, CancellationToken cancellation)
    {
        var count = 0;
        json.WriteStartArray("lines");
        foreach (var line in lines)
        {
            json.WriteStartArray();
            foreach (var cell in line) json.WriteStringValue(cell);
            json.WriteEndArray();
            if (++count % LinesPerFlush == 0) await json.FlushAsync(cancellation);
        }

        json.WriteEndArray();
    }

    private static ReplyBlock ReadBlock(JsonElement block) => block.GetProperty("type").GetString() switch
    {
        "paragraph" => new ReplyBlock.Paragraph(Text(block)),
        "heading" => new ReplyBlock.Heading(Text(block)),
        "notice" => new ReplyBlock.Notice((NoticeKind)block.GetProperty("kind").GetInt32(), Text(block)),
        "rows" => new ReplyBlock.Rows([.. Lines(block).Select(l => (l[0], l[1]))]),
        "table" => Lines(block) is [var headers, .. var lines] ? new ReplyBlock.Table(headers, lines) : throw new FormatException(),
        "attachment" => new ReplyBlock.Attachment(Text(block), [.. Lines(block).Select(l => l[0])]),
        _ => throw new FormatException(),
    };

    private static string Text(JsonElement block) => block.GetProperty("text").GetString() ?? throw new FormatException();

    private static List<List<string>> Lines(JsonElement block) =>
        [.. block.GetProperty("lines").EnumerateArray().Select(l => l.EnumerateArray().Select(c => c.GetString() ?? throw new FormatException()).ToList())];
}
