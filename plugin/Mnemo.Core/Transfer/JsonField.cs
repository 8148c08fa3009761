using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>
/// Reads one value of a line and takes nothing for another: whatever is not exactly what its field holds is refused with
/// the name of the field and what it must be. The reasons hold no text of the line.
/// </summary>
internal static class JsonField
{
    /// <summary>Reads the value of one property; the reader stands on it.</summary>
    public delegate void PropertyReader(string name, ref Utf8JsonReader json);

    /// <summary>Reads an object whose properties all have names of their own.</summary>
    public static void Object(ref Utf8JsonReader json, string field, PropertyReader read)
    {
        if (json.TokenType != JsonTokenType.StartObject) throw Wrong(field, "an object");
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref json, field);
            if (!seen.Add(name)) throw new FormatException(field.Length == 0 ? $"{Known(name)} is there more than once" : $"'{field}' has a property more than once");
            json.Read();
            read(name, ref json);
        }
    }

    public static string Text(ref Utf8JsonReader json, string field)
    {
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw Wrong(field, "a text");
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(field.Length == 0 ? "the name of a field is not valid Unicode" : $"'{field}' is not valid Unicode", e);
        }
    }

    public static long WholeNumber(ref Utf8JsonReader json, string field)
        => json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) ? number : throw Wrong(field, "a whole number of 64 bits");

    public static MemoryId Id(ref Utf8JsonReader json, string field)
    {
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number)) return new MemoryId(number);
        return json.TokenType == JsonTokenType.String && MemoryId.TryParse(Text(ref json, field), out var id) ? id : throw Wrong(field, "a 64-bit whole number, as a number or in quotes");
    }

    /// <summary>A value from 0 to 1 is meant, but a memory with another one is told what it is by the store.</summary>
    public static float Float(ref Utf8JsonReader json, string field) => json.TokenType switch
    {
        JsonTokenType.Number when json.TryGetSingle(out var value) => value,
        JsonTokenType.String when Text(ref json, field) is "NaN" => float.NaN,
        JsonTokenType.String when Text(ref json, field) is "Infinity" => float.PositiveInfinity,
        JsonTokenType.String when Text(ref json, field) is "-Infinity" => float.NegativeInfinity,
        _ => throw Wrong(field, "a number from 0 to 1"),
    };

    /// <summary>One of the names, in any case. A number is none, and neither are several names with commas between them.</summary>
    public static T Name<T>(ref Utf8JsonReader json, string field)
        where T : struct, Enum
    {
        if (json.TokenType == JsonTokenType.String)
        {
            var text = Text(ref json, field);
            foreach (var value in Enum.GetValues<T>())
            {
                if (text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) return value;
            }
        }

        throw Wrong(field, $"one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    public static DateTimeOffset Time(ref Utf8JsonReader json, string field)
    {
        try
        {
            var time = json.TokenType switch
            {
                JsonTokenType.Number when json.TryGetInt64(out var milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
                JsonTokenType.String when json.TryGetDateTimeOffset(out var written) => written,
                _ => throw Wrong(field, "a time as ISO 8601 or Unix milliseconds"),
            };
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException($"'{field}' must be a time as ISO 8601 or Unix milliseconds, in the years 1 to 9999", e);
        }
    }

    // Base64 goes straight from the line into the floats: this is most of the bytes of an import.
    public static float[] Vector(ref Utf8JsonReader json, string field)
    {
        const string kind = "base64 of whole floats, or a list of numbers";
        if (json.TokenType == JsonTokenType.StartArray) return Numbers(ref json, field);
        if (json.TokenType != JsonTokenType.String) throw Wrong(field, kind);
        var text = json.ValueIsEscaped ? Encoding.ASCII.GetBytes(Text(ref json, field)) : json.ValueSpan;
        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        var length = (text.Length / 4 * 3) - padding;
        if (text.Length % 4 != 0 || length % sizeof(float) != 0) throw Wrong(field, kind);
        var vector = new float[length / sizeof(float)];
        if (Base64.DecodeFromUtf8(text, MemoryMarshal.AsBytes(vector.AsSpan()), out _, out var written) != OperationStatus.Done || written != length) throw Wrong(field, kind);
        if (!BitConverter.IsLittleEndian)
        {
            var bits = MemoryMarshal.Cast<float, int>(vector.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return vector;
    }

    public static FormatException Wrong(string field, string kind) => new(field.Length == 0 ? $"the line is not {kind}" : $"'{field}' must be {kind}");

    private static float[] Numbers(ref Utf8JsonReader json, string field)
    {
        List<float> numbers = [];
        while (json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetSingle(out var number)) numbers.Add(number);
        return json.TokenType == JsonTokenType.EndArray ? [.. numbers] : throw Wrong(field, "a list of numbers that are floats");
    }

    // A field's name comes from the file, so an unknown one is not repeated.
    private static string Known(string name) => MemoryLine.Fields.Contains(name) ? $"'{name}'" : "a field";
}
