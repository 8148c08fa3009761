using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>The collections under one directory, and who may touch them.</summary>
internal static class FaissCollections
{
    public static IReadOnlyList<string> List(StoreSettings settings)
    {
        var root = new FaissPaths(settings).Root;
        if (!Directory.Exists(root)) return [];
        return [.. Directory.GetDirectories(root)
            .Where(d => File.Exists(Path.Combine(d, FaissPaths.ManifestName)))
            .Select(d => Path.GetFileName(d))
            .Order(StringComparer.Ordinal)];
    }

    public static bool Drop(StoreSettings settings)
    {
        if (FaissPaths.Flaw(settings.Collection) is { } flaw) throw FaissFailure.Final("drop", $"There is no such collection: {flaw}.");
        var paths = new FaissPaths(settings);
        if (!File.Exists(paths.Manifest)) return false;
        using (Acquire(paths, "drop"))
        {
            // The manifest goes first: without it, what a crash leaves of the rest is no collection any more.
            File.Delete(paths.Manifest);
            foreach (var file in Directory.GetFiles(paths.Directory).Where(f => f != paths.Lock)) File.Delete(file);
            foreach (var directory in Directory.GetDirectories(paths.Directory)) Directory.Delete(directory, recursive: true);
        }

        Directory.Delete(paths.Directory, recursive: true);
        return true;
    }

    /// <summary>Takes the collection for this process, until disposed.</summary>
    public static IDisposable Acquire(FaissPaths paths, string operation)
    {
        try
        {
            return new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && File.Exists(paths.Lock))
        {
            throw FaissFailure.Final(operation, $"The collection in '{paths.Directory}' is open elsewhere, or its file 'lock' may not be written; close the other process, or check the permissions.", e);
        }
    }

    /// <summary>Refuses a directory that holds something else, or what is left of a collection without its manifest.</summary>
    public static void RefuseForeign(FaissPaths paths)
    {
        if (File.Exists(paths.Manifest) || !Directory.Exists(paths.Directory)) return;
        if (HoldsAncestor(paths.Directory))
            throw FaissFailure.Final("prepare", $"'{paths.Directory}' holds the faiss_data of an ancestor (index.faiss and metadata.pkl). It is left untouched; choose another collection_name or faiss_data_path.");
        var remains = Directory.GetFiles(paths.Directory, "records-*").Length > 0
            || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0);
        if (remains) throw FaissFailure.Final("prepare", $"'{paths.Directory}' holds records or vectors but no {FaissPaths.ManifestName}. Nothing was changed; restore the directory from a backup, or move it away.");
    }

    public static bool HoldsAncestor(string directory) =>
        File.Exists(Path.Combine(directory, "index.faiss")) || File.Exists(Path.Combine(directory, "metadata.pkl"));
}
