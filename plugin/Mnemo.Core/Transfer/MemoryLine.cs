using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>
/// A line as it was read. Text, scope and speaker must be there; what another system may not know (id, times, trust,
/// embedding, vector) may be absent and is filled in by the importer. Unknown fields are passed over, null is absent, and
/// everything else is read to the letter: see <see cref="JsonField"/>.
/// </summary>
internal sealed class MemoryLine
{
    /// <summary>The names of the fields, so that a reason can name one.</summary>
    public static readonly IReadOnlySet<string> Fields = new HashSet<string>(StringComparer.Ordinal)
    {
        "id", "scope", "speaker", "kind", "text", "session", "quote", "sources", "importance", "spoken_at", "recorded_at", "valid_to",
        "superseded_by", "trust", "revision", "attributes", "embedding", "vector",
    };

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

    private long Repetitions { get; set; }

    private DateTimeOffset? ValidTo { get; set; }

    private MemoryId? SupersededBy { get; set; }

    private Trust? Trust { get; set; }

    private long Revision { get; set; } = 1;

    private Dictionary<string, string>? Attributes { get; set; }

    /// <exception cref="FormatException">It is not a memory. The reason holds no text of it.</exception>
    public static MemoryLine Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new FormatException("the line is not a JSON object");
            var read = new MemoryLine();
            JsonField.Object(ref json, "", (string name, ref Utf8JsonReader value) =>
            {
                if (value.TokenType != JsonTokenType.Null) read.ReadField(name, ref value);
            });
            if (json.TokenType != JsonTokenType.EndObject || json.Read()) throw new FormatException("the line is not one JSON object");
            return read;
        }
        catch (JsonException e)
        {
            throw new FormatException($"the line is not valid JSON at byte {e.BytePositionInLine}", e);
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
        Repetitions = Repetitions,
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
            case "id": Id = JsonField.Id(ref json, field); break;
            case "scope": ReadScope(ref json); break;
            case "speaker": _speaker = ReadSpeaker(ref json); break;
            case "kind": Kind = JsonField.Name<MemoryKind>(ref json, field); break;
            case "text": _text = JsonField.Text(ref json, field); break;
            case "session": Session = JsonField.Text(ref json, field); break;
            case "quote": Quote = JsonField.Text(ref json, field); break;
            case "sources": ReadSources(ref json); break;
            case "repetitions": Repetitions = JsonField.WholeNumber(ref json, field); break;
            case "importance": Importance = JsonField.Float(ref json, field); break;
            case "spoken_at": SpokenAt = JsonField.Time(ref json, field); break;
            case "recorded_at": RecordedAt = JsonField.Time(ref json, field); break;
            case "valid_to": ValidTo = JsonField.Time(ref json, field); break;
            case "superseded_by": SupersededBy = JsonField.Id(ref json, field); break;
            case "trust": Trust = JsonField.Name<Trust>(ref json, field); break;
            case "revision": Revision = JsonField.WholeNumber(ref json, field); break;
            case "attributes": Attributes = ReadAttributes(ref json); break;
            case "embedding": Embedding = ReadEmbedding(ref json); break;
            case "vector": Vector = JsonField.Vector(ref json, field); break;
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

    private void ReadScope(ref Utf8JsonReader json) => JsonField.Object(ref json, "scope", (string name, ref Utf8JsonReader value) =>
    {
        if (name is "platform" or "guild" or "channel" or "subject" or "thread" or "persona") _scope.Add(name, JsonField.Text(ref value, "scope." + name));
        else value.Skip();
    });

    private static Speaker ReadSpeaker(ref Utf8JsonReader json)
    {
        string? id = null, shown = null;
        JsonField.Object(ref json, "speaker", (string name, ref Utf8JsonReader value) =>
        {
            if (name == "id") id = JsonField.Text(ref value, "speaker.id");
            else if (name == "name") shown = JsonField.Text(ref value, "speaker.name");
            else value.Skip();
        });
        if (id is null) throw new FormatException("the speaker lacks its id");
        return new Speaker(id, shown ?? id);
    }

    private static Dictionary<string, string> ReadAttributes(ref Utf8JsonReader json)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        JsonField.Object(ref json, "attributes", (string name, ref Utf8JsonReader value) =>
            attributes.Add(name, value.TokenType == JsonTokenType.String ? JsonField.Text(ref value, "attributes") : throw JsonField.Wrong("attributes", "an object of texts")));
        return attributes;
    }

    private void ReadSources(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw JsonField.Wrong("sources", "a list of objects");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var source = new SourceMessage("");
            JsonField.Object(ref json, "sources", (string name, ref Utf8JsonReader value) =>
            {
                if (value.TokenType == JsonTokenType.Null) return;
                if (name == "id") source = source with { MessageId = JsonField.Text(ref value, "sources.id") };
                else if (name == "link") source = source with { Link = JsonField.Text(ref value, "sources.link") };
                else if (name == "at") source = source with { At = JsonField.Time(ref value, "sources.at") };
                else value.Skip();
            });
            Sources.Add(source);
        }
    }

    private static EmbeddingFingerprint ReadEmbedding(ref Utf8JsonReader json)
    {
        var embedding = new EmbeddingFingerprint("", "", 0, Normalised: false);
        JsonField.Object(ref json, "embedding", (string name, ref Utf8JsonReader value) =>
        {
            if (name == "provider") embedding = embedding with { Provider = JsonField.Text(ref value, "embedding.provider") };
            else if (name == "model") embedding = embedding with { Model = JsonField.Text(ref value, "embedding.model") };
            else if (name == "dimension") embedding = embedding with { Dimension = Dimension(ref value) };
            else if (name == "normalised") embedding = embedding with { Normalised = value.TokenType switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => throw JsonField.Wrong("embedding.normalised", "true or false") } };
            else value.Skip();
        });
        return embedding;
    }

    private static int Dimension(ref Utf8JsonReader json)
        => json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var dimension) ? dimension : throw JsonField.Wrong("embedding.dimension", "a whole number");
}
