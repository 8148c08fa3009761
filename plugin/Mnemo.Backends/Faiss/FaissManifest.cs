using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mnemo.Memories;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>What a collection consists of. Replaced as a whole; what it does not name is rubbish of a crash.</summary>
/// <param name="Format">1.</param>
/// <param name="Embedding">What made the vectors.</param>
/// <param name="Records">The name of the LiteDB file.</param>
/// <param name="Generation">The number of the index; 0 while there is none.</param>
/// <param name="IndexHash">XxHash3 of the index file, in hexadecimal digits.</param>
internal sealed record FaissManifest(int Format, EmbeddingFingerprint Embedding, string Records, int Generation, string IndexHash)
{
    public const int CurrentFormat = 1;

    public static FaissManifest First(EmbeddingFingerprint embedding) => new(CurrentFormat, embedding, RecordsName(1), 0, "");

    /// <summary>The number in the name of the records file.</summary>
    [JsonIgnore]
    public int RecordsNumber => int.TryParse(Records.AsSpan("records-".Length, Math.Max(0, Records.Length - "records-.db".Length)), NumberStyles.None, null, out var number) ? number : 0;

    public static string RecordsName(int number) => $"records-{number}.db";

    public static FaissManifest Load(FaissPaths paths)
    {
        FaissManifest? read;
        try
        {
            read = JsonSerializer.Deserialize(File.ReadAllBytes(paths.Manifest), ManifestJson.Default.FaissManifest);
        }
        catch (JsonException e)
        {
            throw Damaged(paths, e);
        }

        if (read is { Format: > CurrentFormat })
            throw Failures.Final("prepare", $"'{paths.Directory}' has format {read.Format}; this version reads up to {CurrentFormat}. Use the newer version that wrote it.");
        if (read is not { Format: CurrentFormat, Embedding: not null, Records: not null, Generation: >= 0 } || read.Records != RecordsName(read.RecordsNumber)) throw Damaged(paths);
        return read;
    }

    public void Save(FaissPaths paths) => DurableFile.Write(paths.Manifest, JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.FaissManifest));

    private static Storage.MemoryStoreException Damaged(FaissPaths paths, Exception? inner = null) =>
        Failures.Final("prepare", $"'{paths.Manifest}' is damaged. Nothing was changed; restore the directory from a backup.", inner);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FaissManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
