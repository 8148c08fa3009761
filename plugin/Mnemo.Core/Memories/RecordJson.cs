using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mnemo.Memories;

/// <summary>How the lists of a memory are written as JSON, in the lines of an export and where a store keeps them as text.</summary>
internal static class RecordJson
{
    /// <summary>UTC with milliseconds.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The names, quotes, commas and the time of an entry; a letter takes six bytes at most, as \u0000 does.
    private const int BytesAroundEntry = 64, MostBytesPerChar = 6;

    /// <summary>Unicode as it is, so that people can read it.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, IReadOnlyList<SourceMessage> sources)
    {
        json.WriteStartArray();
        foreach (var source in sources)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, source.MessageId);
            if (source.Link.Length > 0) json.WriteString("link"u8, source.Link);
            if (source.At is { } at) json.WriteString("at"u8, Time(at));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> attributes)
    {
        json.WriteStartObject();
        foreach (var (name, value) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat);

    public static long CountBytes(IReadOnlyList<SourceMessage> sources) => CountBytes(json => Write(json, sources));

    public static long CountBytes(IReadOnlyDictionary<string, string> attributes) => CountBytes(json => Write(json, attributes));

    /// <summary>A number of bytes that this source never exceeds, without writing it.</summary>
    public static long MostBytes(SourceMessage source) => MostBytes(source.MessageId, source.Link);

    public static long MostBytes(string name, string value) => BytesAroundEntry + (MostBytesPerChar * ((long)name.Length + value.Length));

    private static long CountBytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(PortableRecord.MaxListBytes);
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        write(json);
        json.Flush();
        return buffer.WrittenCount;
    }
}
