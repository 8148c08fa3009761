using LiteDB;
using Mnemo.Backends.Rows;
using Mnemo.Memories;

namespace Mnemo.Backends.Faiss;

/// <summary>A memory as LiteDB keeps it: everything but the vector, with the vector's place and a checksum, for LiteDB has none.</summary>
internal static class RecordDocument
{
    public const int MaxBytes = 15 << 20;
    private const string Segment = "segment";
    private const string Row = "row";
    private const string Sum = "sum";
    private const string Repetitions = "repetitions";

    /// <summary>Everything but the place, checksum included.</summary>
    public static BsonDocument From(Memory memory, out int size)
    {
        var document = new BsonDocument
        {
            ["_id"] = memory.Id.Value,
            ["platform"] = memory.Scope.Platform,
            ["guild"] = memory.Scope.Guild,
            ["channel"] = memory.Scope.Channel,
            ["thread"] = memory.Scope.Thread,
            ["subject"] = memory.Scope.Subject,
            ["persona"] = memory.Scope.Persona,
            ["speaker"] = memory.Speaker.Id,
            ["name"] = memory.Speaker.Name,
            ["text"] = memory.Text,
            ["kind"] = memory.Kind.ToString(),
            ["session"] = memory.Session,
            ["quote"] = memory.Quote,
            ["sources"] = new BsonArray(memory.Sources.Select(s => (BsonValue)new BsonArray { s.MessageId, s.Link, Time(s.At) })),
            ["importance"] = (double)memory.Importance,
            ["spoken"] = Time(memory.SpokenAt),
            ["recorded"] = Time(memory.RecordedAt),
            ["valid_to"] = Time(memory.ValidTo),
            ["superseded_by"] = memory.SupersededBy is { } by ? by.Value : BsonValue.Null,
            ["trust"] = memory.Trust.ToString(),
            ["revision"] = memory.Revision,
            ["attributes"] = new BsonArray(memory.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (BsonValue)new BsonArray { a.Key, a.Value })),
        };
        // Left out where there are none, as in every record of the version before.
        if (memory.Repetitions > 0) document[Repetitions] = memory.Repetitions;
        var bytes = BsonSerializer.Serialize(document);
        size = bytes.Length;
        if (bytes.Length > MaxBytes) throw FaissFailure.Of(null, Storage.StoreErrorKind.TooLarge, "upsert", "record.size", memory.Id, bytes.Length, MaxBytes);
        document[Sum] = Checksum.Of(memory);
        return document;
    }

    public static void Place(BsonDocument document, RowPlace place)
    {
        document[Segment] = place.Segment;
        document[Row] = place.Row;
    }

    public static long IdOf(BsonDocument document) => document["_id"].AsInt64;

    public static RowPlace PlaceOf(BsonDocument document) => new(document[Segment].AsInt32, document[Row].AsInt32);

    public static long SumOf(BsonDocument document) => document[Sum].AsInt64;

    /// <summary>The memory without its vector.</summary>
    /// <exception cref="Storage.MemoryStoreException">The record does not agree with its checksum.</exception>
    public static Memory Read(BsonDocument document, EmbeddingFingerprint embedding)
        => TryRead(document, embedding) ?? throw FaissFailure.Damaged("read", "faiss.record.damaged", document["_id"].RawValue);

    /// <summary>The memory without its vector; null when the record does not agree with its checksum.</summary>
    public static Memory? TryRead(BsonDocument document, EmbeddingFingerprint embedding)
    {
        try
        {
            var memory = new Memory
            {
                Id = new MemoryId(IdOf(document)),
                Scope = new MemoryScope(document["platform"].AsString, document["guild"].AsString, document["channel"].AsString, document["subject"].AsString, document["thread"].AsString, document["persona"].AsString),
                Speaker = new Speaker(document["speaker"].AsString, document["name"].AsString),
                Text = document["text"].AsString,
                Kind = Enum.Parse<MemoryKind>(document["kind"].AsString),
                Session = document["session"].AsString,
                Quote = document["quote"].AsString,
                Sources = [.. document["sources"].AsArray.Select(s => new SourceMessage(s[0].AsString, s[1].AsString, Time(s[2])))],
                Repetitions = document[Repetitions] is { IsInt64: true } more ? more.AsInt64 : 0,
                Importance = (float)document["importance"].AsDouble,
                SpokenAt = Time(document["spoken"]),
                RecordedAt = Time(document["recorded"])!.Value,
                ValidTo = Time(document["valid_to"]),
                SupersededBy = document["superseded_by"] is { IsInt64: true } by ? new MemoryId(by.AsInt64) : null,
                Trust = Enum.Parse<Trust>(document["trust"].AsString),
                Embedding = embedding,
                Revision = document["revision"].AsInt64,
                Attributes = document["attributes"].AsArray.ToDictionary(a => a[0].AsString, a => a[1].AsString, StringComparer.Ordinal),
            };
            return Checksum.Of(memory) == SumOf(document) ? memory : null;
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or KeyNotFoundException or NullReferenceException or InvalidOperationException)
        {
            return null;
        }
    }

    private static BsonValue Time(DateTimeOffset? time) => time is { } t ? t.ToUnixTimeMilliseconds() : BsonValue.Null;

    private static DateTimeOffset? Time(BsonValue value) => value.IsInt64 ? DateTimeOffset.FromUnixTimeMilliseconds(value.AsInt64) : null;
}
