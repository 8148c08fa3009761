using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>
/// One memory as one line of JSON, without loss: ids as strings, times as UTC with milliseconds, the vector as base64
/// of its little-endian floats. Reading is lenient about what other systems may not know; see <see cref="MemoryLine"/>.
/// </summary>
public static class MemoryJson
{
    /// <summary>How lines are written.</summary>
    internal static JsonWriterOptions WriterOptions => RecordJson.WriterOptions;

    /// <summary>The line of a memory, without a line end.</summary>
    public static byte[] Write(Memory memory)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions)) Write(json, memory);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line of <see cref="Write(Memory)"/> back.</summary>
    /// <exception cref="FormatException">It is not one, or incomplete. The reason holds no text of it.</exception>
    public static Memory Read(ReadOnlySpan<byte> line)
    {
        var read = MemoryLine.Read(line);
        if (read is not { Id: { } id, RecordedAt: { } recorded, Embedding: { } embedding }) throw new FormatException("the line lacks its id, recorded_at or embedding");
        return read.ToMemory(id, recorded, embedding, Trust.Member);
    }

    internal static void Write(Utf8JsonWriter json, Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        json.WriteStartObject();
        json.WriteString("id"u8, memory.Id.ToString());
        WriteScope(json, memory.Scope);
        json.WriteStartObject("speaker"u8);
        json.WriteString("id"u8, memory.Speaker.Id);
        json.WriteString("name"u8, memory.Speaker.Name);
        json.WriteEndObject();
        json.WriteString("kind"u8, memory.Kind.ToString());
        json.WriteString("text"u8, memory.Text);
        if (memory.Session.Length > 0) json.WriteString("session"u8, memory.Session);
        if (memory.Quote.Length > 0) json.WriteString("quote"u8, memory.Quote);
        if (memory.Sources.Count > 0)
        {
            json.WritePropertyName("sources"u8);
            RecordJson.Write(json, memory.Sources);
        }

        if (memory.Repetitions > 0) json.WriteNumber("repetitions"u8, memory.Repetitions);
        if (float.IsFinite(memory.Importance)) json.WriteNumber("importance"u8, memory.Importance);
        else json.WriteString("importance"u8, memory.Importance.ToString());
        WriteTime(json, "spoken_at"u8, memory.SpokenAt);
        WriteTime(json, "recorded_at"u8, memory.RecordedAt);
        WriteTime(json, "valid_to"u8, memory.ValidTo);
        if (memory.SupersededBy is { } successor) json.WriteString("superseded_by"u8, successor.ToString());
        json.WriteString("trust"u8, memory.Trust.ToString());
        json.WriteNumber("revision"u8, memory.Revision);
        if (memory.Attributes.Count > 0)
        {
            json.WritePropertyName("attributes"u8);
            RecordJson.Write(json, memory.Attributes);
        }

        json.WriteStartObject("embedding"u8);
        json.WriteString("provider"u8, memory.Embedding.Provider);
        json.WriteString("model"u8, memory.Embedding.Model);
        json.WriteNumber("dimension"u8, memory.Embedding.Dimension);
        json.WriteBoolean("normalised"u8, memory.Embedding.Normalised);
        json.WriteEndObject();
        if (!memory.Vector.IsEmpty) json.WriteBase64String("vector"u8, Bytes(memory.Vector.Span));
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteScope(Utf8JsonWriter json, MemoryScope scope)
    {
        json.WriteStartObject("scope"u8);
        json.WriteString("platform"u8, scope.Platform);
        json.WriteString("guild"u8, scope.Guild);
        json.WriteString("channel"u8, scope.Channel);
        json.WriteString("subject"u8, scope.Subject);
        if (scope.Thread.Length > 0) json.WriteString("thread"u8, scope.Thread);
        if (scope.Persona != MemoryScope.DefaultPersona) json.WriteString("persona"u8, scope.Persona);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } at) json.WriteString(name, RecordJson.Time(at));
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian) return MemoryMarshal.AsBytes(vector);
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++) System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }
}
