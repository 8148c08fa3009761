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

    /// <summary>What the manifest and the files tell; null when there is no collection.</summary>
    public static StoreInspection? Inspect(StoreSettings settings)
    {
        var paths = new FaissPaths(settings);
        if (FaissPaths.Flaw(settings.Collection) is not null || !File.Exists(paths.Manifest)) return null;
        var manifest = FaissManifest.Load(paths);
        var bytes = new DirectoryInfo(paths.Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Exists ? f.Length : 0);
        return new StoreInspection(bytes, null, manifest.Embedding, manifest.SetId is { Length: > 0 } set ? set : null, IsHeld(paths) ? paths.Lock : null);
    }

    public static bool Drop(StoreSettings settings)
    {
        if (FaissPaths.Flaw(settings.Collection) is { } flaw) throw FaissFailure.Misconfigured("drop", "faiss.name", flaw);
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
            throw FaissFailure.Of(e, StoreErrorKind.Misconfigured, operation, "faiss.held", paths.Directory);
        }
    }

    private static bool IsHeld(FaissPaths paths)
    {
        if (!File.Exists(paths.Lock)) return false;
        try
        {
            // Asks for a lock that readers share, so that two who look do not see each other.
            using var look = new FileStream(paths.Lock, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Refuses a directory that holds something else, or what is left of a collection without its manifest.</summary>
    public static void RefuseForeign(FaissPaths paths)
    {
        if (File.Exists(paths.Manifest) || !Directory.Exists(paths.Directory)) return;
        if (HoldsAncestor(paths.Directory))
            throw FaissFailure.Misconfigured("prepare", "faiss.ancestor", paths.Directory);
        var remains = Directory.GetFiles(paths.Directory, "records-*").Length > 0
            || (Directory.Exists(paths.Segments) && Directory.GetFiles(paths.Segments).Length > 0);
        if (remains) throw FaissFailure.Damaged("prepare", "faiss.manifest.missing", paths.Directory, FaissPaths.ManifestName);
    }

    public static bool HoldsAncestor(string directory) =>
        File.Exists(Path.Combine(directory, "index.faiss")) || File.Exists(Path.Combine(directory, "metadata.pkl"));
}
