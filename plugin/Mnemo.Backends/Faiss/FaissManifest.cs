using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Memories;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>What a collection consists of. Replaced as a whole; what it does not name is rubbish of a crash.</summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Embedding">What made the vectors.</param>
/// <param name="Records">The name of the LiteDB file.</param>
/// <param name="SnapshotNumber">The number of the index; 0 while there is none.</param>
/// <param name="IndexHash">XxHash3 of the index file, in hexadecimal digits.</param>
internal sealed record FaissManifest(int Format, EmbeddingFingerprint Embedding, string Records, int SnapshotNumber, string IndexHash)
{
    public const int CurrentFormat = 2;

    private const string ChecksumName = "checksum", NoChecksum = "0000000000000000";
    private static readonly string[] FirstNames = ["format", "embedding", "records", "generation", "index_hash"];

    /// <summary>The set of memories, for those who look without opening; the truth is in the records. Empty until there was a checkpoint.</summary>
    public string SetId { get; init; } = "";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static FaissManifest First(EmbeddingFingerprint embedding) => new(CurrentFormat, embedding, RecordsName(1), 0, "");

    /// <summary>The number in the name of the records file.</summary>
    public int RecordsNumber => int.TryParse(Records.AsSpan("records-".Length, Math.Max(0, Records.Length - "records-.db".Length)), NumberStyles.None, null, out var number) ? number : 0;

    public static string RecordsName(int number) => $"records-{number}.db";

    public static FaissManifest Load(FaissPaths paths)
    {
        FaissManifest read;
        try
        {
            var bytes = File.ReadAllBytes(paths.Manifest);
            using var document = JsonDocument.Parse(bytes);
            if (!IsWhole(bytes, document.RootElement)) throw Damaged(paths);
            var format = document.RootElement.GetProperty("format").GetInt32();
            if (format > CurrentFormat)
                throw FaissFailure.Misconfigured("prepare", "faiss.format.newer", paths.Directory, format, CurrentFormat);
            if (format < CurrentFormat)
                throw FaissFailure.Misconfigured("prepare", "faiss.format.older", paths.Directory, format);
            read = Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Damaged(paths, e);
        }

        if (read is not { Format: CurrentFormat, SnapshotNumber: >= 0 } || read.Records != RecordsName(read.RecordsNumber)) throw Damaged(paths);
        return read;
    }

    public void Save(FaissPaths paths)
    {
        var json = new JsonObject
        {
            ["format"] = Format,
            ["embedding"] = new JsonObject
            {
                ["provider"] = Embedding.Provider, ["model"] = Embedding.Model, ["dimension"] = Embedding.Dimension, ["normalised"] = Embedding.Normalised,
            },
            ["records"] = Records, ["generation"] = SnapshotNumber, ["index_hash"] = IndexHash,
        };
        if (SetId.Length > 0) json["set_id"] = SetId;
        json[ChecksumName] = NoChecksum;
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");
        // It stands last and covers everything before it; as many digits take the place of as many.
        Encoding.ASCII.GetBytes(ChecksumOf(bytes)).CopyTo(bytes, bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(NoChecksum)));
        DurableFile.Write(paths.Manifest, bytes);
    }

    /// <summary>Whether nothing has changed since it was written. One of a version that made no checksum has none, and no name that is not known.</summary>
    private static bool IsWhole(byte[] bytes, JsonElement root)
    {
        if (root.TryGetProperty(ChecksumName, out var checksum)) return checksum.GetString() == ChecksumOf(bytes);
        return root.GetProperty("format").GetInt32() > CurrentFormat || root.EnumerateObject().All(field => FirstNames.Contains(field.Name, StringComparer.Ordinal));
    }

    private static string ChecksumOf(ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes[..Math.Max(0, bytes.LastIndexOf(Encoding.ASCII.GetBytes($"\"{ChecksumName}\"")))]).ToString("x16", CultureInfo.InvariantCulture);

    // Field by field, because a serializer would be a third of the time that opening a collection takes in a fresh process.
    private static FaissManifest Read(JsonElement root)
    {
        var embedding = root.GetProperty("embedding");
        return new FaissManifest(
            root.GetProperty("format").GetInt32(),
            new EmbeddingFingerprint(Text(embedding, "provider"), Text(embedding, "model"), embedding.GetProperty("dimension").GetInt32(), embedding.GetProperty("normalised").GetBoolean()),
            Text(root, "records"), root.GetProperty("generation").GetInt32(), Text(root, "index_hash"))
        {
            SetId = root.TryGetProperty("set_id", out var set) ? set.GetString() ?? "" : "",
        };
    }

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString() ?? throw new FormatException();

    private static Storage.MemoryStoreException Damaged(FaissPaths paths, Exception? inner = null) =>
        FaissFailure.Of(inner, Storage.StoreErrorKind.Damaged, "prepare", "faiss.manifest.damaged", paths.Manifest);
}
