using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>
/// A line as it was read. Text, scope and speaker must be there; what another system may not know (id, times, trust,
/// embedding, vector) may be absent and is filled in by the importer. Unknown fields are passed over.
/// </summary>
internal sealed class MemoryLine
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    private readonly Dictionary<string, string> _scope = new(StringComparer.Ordinal);
    private Speaker? _speaker;
    private string? _text;

    public MemoryId? Id { get; private set; }

    public DateTimeOffset? RecordedAt { get; private set; }

    public DateTimeOffset? SpokenAt { get; private set; }

    public EmbeddingFingerprint? Embedding { get; private set; }

    public float[] Vector { get; private set; } = [];

    private MemoryKind Kind { get; set; }

    private string Session { get; set; } = "";

    private string Quote { get; set; } = "";

    private List<SourceMessage> Sources { get; } = [];

    private float Importance { get; set; } = 0.5f;

    private DateTimeOffset? ValidTo { get; set; }

    private MemoryId? SupersededBy { get; set; }

    private Trust? Trust { get; set; }

    private long Revision { get; set; } = 1;

    private Dictionary<string, string>? Attributes { get; set; }

    /// <exception cref="FormatException">It is not a memory. The reason holds no text of it.</exception>
    public static MemoryLine Read(ReadOnlySpan<byte> line)
    {
        var field = "";
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new FormatException("the line is not a JSON object");
            var read = new MemoryLine();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                field = json.GetString()!;
                json.Read();
                if (json.TokenType != JsonTokenType.Null) read.ReadField(field, ref json);
            }

            if (json.TokenType != JsonTokenType.EndObject || json.Read()) throw new FormatException("the line is not one JSON object");
            return read;
        }
        catch (JsonException e)
        {
            throw new FormatException($"the line is not valid JSON at byte {e.BytePositionInLine}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"'{Known(field)}' is of the wrong type or not valid Unicode", e);
        }
    }

    public Memory ToMemory(MemoryId id, DateTimeOffset recordedAt, EmbeddingFingerprint embedding, Trust trust) => new()
    {
        Id = id,
        Scope = Scope(),
        Speaker = _speaker ?? throw new FormatException("the line lacks its speaker"),
        Text = _text ?? throw new FormatException("the line lacks its text"),
        Kind = Kind,
        Session = Session,
        Quote = Quote,
        Sources = Sources,
        Importance = Importance,
        SpokenAt = SpokenAt,
        RecordedAt = recordedAt,
        ValidTo = ValidTo,
        SupersededBy = SupersededBy,
        Trust = Trust ?? trust,
        Revision = Revision,
        Attributes = Attributes ?? NoAttributes,
        Embedding = embedding,
        Vector = Vector,
    };

    private void ReadField(string field, ref Utf8JsonReader json)
    {
        switch (field)
        {
            case "id": Id = ReadId(ref json); break;
            case "scope": ReadTexts(ref json, _scope); break;
            case "speaker": _speaker = ReadSpeaker(ref json); break;
            case "kind": Kind = ReadName<MemoryKind>(ref json); break;
            case "text": _text = json.GetString(); break;
            case "session": Session = json.GetString()!; break;
            case "quote": Quote = json.GetString()!; break;
            case "sources": ReadSources(ref json); break;
            case "importance": Importance = json.TokenType == JsonTokenType.String ? ReadFloat(json.GetString()!) : json.GetSingle(); break;
            case "spoken_at": SpokenAt = ReadTime(ref json); break;
            case "recorded_at": RecordedAt = ReadTime(ref json); break;
            case "valid_to": ValidTo = ReadTime(ref json); break;
            case "superseded_by": SupersededBy = ReadId(ref json); break;
            case "trust": Trust = ReadName<Trust>(ref json); break;
            case "revision": Revision = json.GetInt64(); break;
            case "attributes": ReadTexts(ref json, Attributes = new Dictionary<string, string>(StringComparer.Ordinal)); break;
            case "embedding": Embedding = ReadEmbedding(ref json); break;
            case "vector": Vector = ReadVector(ref json); break;
            default: json.Skip(); break;
        }
    }

    private MemoryScope Scope()
    {
        try
        {
            return new MemoryScope(Part("platform"), Part("guild"), Part("channel"), Part("subject"),
                _scope.GetValueOrDefault("thread", ""), _scope.GetValueOrDefault("persona", MemoryScope.DefaultPersona));
        }
        catch (InvalidScopeException e)
        {
            throw new FormatException(e.Message, e);
        }

        string Part(string name) => _scope.GetValueOrDefault(name) ?? throw new FormatException($"the scope lacks '{name}'");
    }

    private static MemoryId ReadId(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number) return new MemoryId(json.GetInt64());
        return MemoryId.TryParse(json.GetString(), out var id) ? id : throw new FormatException("an id is not a 64-bit whole number");
    }

    private static DateTimeOffset ReadTime(ref Utf8JsonReader json)
    {
        try
        {
            var time = json.TokenType == JsonTokenType.Number ? DateTimeOffset.FromUnixTimeMilliseconds(json.GetInt64()) : json.GetDateTimeOffset();
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw new FormatException("a time is neither ISO 8601 nor Unix milliseconds", e);
        }
    }

    private static T ReadName<T>(ref Utf8JsonReader json)
        where T : struct, Enum
        => Enum.TryParse<T>(json.GetString(), ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : throw new FormatException($"a {typeof(T).Name.ToLowerInvariant()} is unknown");

    private static float ReadFloat(string text) => float.TryParse(text, out var value) ? value : throw new FormatException("the importance is not a number");

    private static void ReadTexts(ref Utf8JsonReader json, Dictionary<string, string> into)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            into[name] = json.GetString() ?? throw new FormatException("a value is null that must be a text");
        }
    }

    private static Speaker ReadSpeaker(ref Utf8JsonReader json)
    {
        Dictionary<string, string> parts = new(StringComparer.Ordinal);
        ReadTexts(ref json, parts);
        var id = parts.GetValueOrDefault("id") ?? throw new FormatException("the speaker lacks its id");
        return new Speaker(id, parts.GetValueOrDefault("name", id));
    }

    private void ReadSources(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref json, JsonTokenType.StartObject);
            var source = new SourceMessage("");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                if (json.TokenType == JsonTokenType.Null) continue;
                if (name == "id") source = source with { MessageId = json.GetString()! };
                else if (name == "link") source = source with { Link = json.GetString()! };
                else if (name == "at") source = source with { At = ReadTime(ref json) };
                else json.Skip();
            }

            Sources.Add(source);
        }
    }

    private static EmbeddingFingerprint ReadEmbedding(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject);
        var embedding = new EmbeddingFingerprint("", "", 0, Normalised: false);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            if (name == "provider") embedding = embedding with { Provider = json.GetString()! };
            else if (name == "model") embedding = embedding with { Model = json.GetString()! };
            else if (name == "dimension") embedding = embedding with { Dimension = json.GetInt32() };
            else if (name == "normalised") embedding = embedding with { Normalised = json.GetBoolean() };
            else json.Skip();
        }

        return embedding;
    }

    // Base64 goes straight from the line into the floats: this is most of the bytes of an import.
    private static float[] ReadVector(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.StartArray) return ReadNumbers(ref json);
        if (json.TokenType != JsonTokenType.String) throw new FormatException("the vector is neither base64 nor a list of numbers");
        var text = json.ValueIsEscaped ? System.Text.Encoding.ASCII.GetBytes(json.GetString()!) : json.ValueSpan;
        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        var length = (text.Length / 4 * 3) - padding;
        if (text.Length % 4 != 0 || length % sizeof(float) != 0) throw new FormatException("the vector is not base64 of whole floats");
        var vector = new float[length / sizeof(float)];
        if (Base64.DecodeFromUtf8(text, MemoryMarshal.AsBytes(vector.AsSpan()), out _, out var written) != OperationStatus.Done || written != length)
            throw new FormatException("the vector is not base64 of whole floats");
        if (!BitConverter.IsLittleEndian)
        {
            var bits = MemoryMarshal.Cast<float, int>(vector.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }

        return vector;
    }

    private static float[] ReadNumbers(ref Utf8JsonReader json)
    {
        List<float> numbers = [];
        while (json.Read() && json.TokenType == JsonTokenType.Number) numbers.Add(json.GetSingle());
        return json.TokenType == JsonTokenType.EndArray ? [.. numbers] : throw new FormatException("the vector holds something that is no number");
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (json.TokenType != type) throw new FormatException("a field is of the wrong type");
    }

    // A field's name comes from the file, so an unknown one is not repeated.
    private static string Known(string field) => field is "id" or "scope" or "speaker" or "kind" or "text" or "session" or "quote" or "sources" or "importance" or "spoken_at"
        or "recorded_at" or "valid_to" or "superseded_by" or "trust" or "revision" or "attributes" or "embedding" or "vector" ? field : "a field";
}
