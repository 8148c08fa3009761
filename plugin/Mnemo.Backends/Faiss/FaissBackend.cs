using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>FAISS index files and LiteDB records in one directory. Names no type of a library, see <see cref="Backend"/>.</summary>
public static class FaissBackend
{
    internal const string Name = "faiss";
    internal const string FlatL2 = "IndexFlatL2";
    internal const string FlatInnerProduct = "IndexFlatIP";

    internal static readonly BackendOption DataPath = new(
        "faiss_config.faiss_data_path", "faiss_data", "Directory of the collections; relative to the data directory", []);

    internal static readonly BackendOption IndexType = new(
        "faiss_config.faiss_index_type", FlatL2, "Type of the index file", [FlatL2, FlatInnerProduct]);

    internal static readonly BackendOption Lists = new(
        "faiss_config.faiss_nlist", "100", "Lists of an IndexIVFFlat; the flat types have none and ignore it", [], IsNumber: true) { IsUsed = false };

    /// <summary>The descriptor.</summary>
    public static Backend Description { get; } = new()
    {
        Name = Name,
        Summary = "FAISS index files and LiteDB records in one directory that can be copied",
        Needs = "nothing",
        Capabilities = Capabilities.Durable | Capabilities.Embedded | Capabilities.Exact | Capabilities.SurvivesPowerCut,
        Options = [DataPath, IndexType, Lists],
        Location = DataPath,
        Place = StoreAddress.Place,
        Validate = Problems,
        Open = static settings => new FaissStore(settings),
        ListCollections = static (settings, cancellation) => Task.Run(() => FaissCollections.List(settings), cancellation),
        Inspect = static (settings, cancellation) => Task.Run(() => FaissCollections.Inspect(settings), cancellation),
        DropCollection = static (settings, cancellation) => Task.Run(() => FaissCollections.Drop(settings), cancellation),
    };

    private static List<string> Problems(StoreSettings settings)
    {
        List<string> problems = [];
        var type = settings.Option(IndexType);
        if (type is not (FlatL2 or FlatInnerProduct))
            problems.Add($"{IndexType.Key}: '{type}' is not available here yet; write \"faiss_index_type\": \"{FlatL2}\"");
        if (!int.TryParse(settings.Option(Lists), out var lists) || lists < 1)
            problems.Add($"{Lists.Key}: '{settings.Option(Lists)}' is not a whole number of at least 1; write \"faiss_nlist\": {Lists.Default}");
        if (settings.Option(DataPath).Contains('\0'))
            problems.Add($"{DataPath.Key}: the path holds a NUL character; write \"faiss_data_path\": \"{DataPath.Default}\"");
        if (FaissPaths.Flaw(settings.Collection) is { } flaw)
            problems.Add($"collection_name: {flaw}; write \"collection_name\": \"{StoreSettings.DefaultCollection}\"");
        return problems;
    }
}
