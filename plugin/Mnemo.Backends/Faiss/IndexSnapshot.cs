using Mnemo.Backends.Rows;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// An index file with the directory of its rows: derived, never the truth. The codes are there once all of the file has
/// been read and was found intact.
/// </summary>
internal sealed record IndexSnapshot(int Number, FaissFlatIndex? Index, RowDirectory Rows, ReplayPosition ReplayPosition, string IndexHash) : IDisposable
{
    /// <summary>A byte for each number of the index; null until they are made, and without an index.</summary>
    public VectorCodes? Codes { get; init; }

    public static IndexSnapshot None { get; } = new(0, null, new RowDirectory(new StringTable(), 0), default, "");

    public static IndexSnapshot Fresh() => None with { Rows = new RowDirectory(new StringTable(), 0) };

    /// <summary>Opens what the manifest names. Without its index the rows still are of use: their vectors lie in the segments too.</summary>
    /// <exception cref="IOException">The rows are missing or damaged.</exception>
    public static IndexSnapshot Load(FaissPaths paths, FaissManifest manifest, out string? problem)
    {
        var (rows, position) = RowsFile.Read(paths.Rows(manifest.SnapshotNumber), manifest.SnapshotNumber, manifest.Embedding.Dimension);
        var index = OpenIndex(paths.Index(manifest.SnapshotNumber), rows.Count, manifest.Embedding.Dimension, out problem);
        if (index is null) rows.Indexed = 0;
        return new IndexSnapshot(manifest.SnapshotNumber, index, rows, position, manifest.IndexHash);
    }

    /// <summary>Writes an index and its rows, the vectors taken from the segments, which are the truth.</summary>
    public static IndexSnapshot Build(FaissPaths paths, int number, VectorMetric metric, SegmentSet segments, LiveRows live, CancellationToken cancellation)
    {
        var directory = paths.Snapshot(number);
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.CreateDirectory(directory);
        var rows = new RowDirectory(new StringTable(), live.Entries.Count);
        var vector = new float[segments.Dimension];
        var codes = new VectorCodes(segments.Dimension);
        ulong hash;
        using (var writer = new FaissFlatWriter(paths.Index(number), segments.Dimension, metric, live.Entries.Count))
        {
            foreach (var entry in live.Entries)
            {
                if ((rows.Count & 1023) == 0) cancellation.ThrowIfCancellationRequested();
                if (segments[entry.Place.Segment].Read(entry.Place.Row, vector) != entry.Id) throw new SegmentFormatException(paths.Segment(entry.Place.Segment), $"row {entry.Place.Row} holds another vector than its record says");
                writer.Append(vector);
                codes.Append(vector, entry.InverseNorm);
                rows.Set(entry.Renumbered(live.Texts, rows.Strings));
            }

            hash = writer.Finish(rows.Ids.AsSpan(0, rows.Count));
        }

        rows.Indexed = rows.Count;
        RowsFile.Write(paths.Rows(number), number, segments.Dimension, rows, live.ReplayPosition);
        DurableFile.FlushDirectory(paths.Directory);
        return new IndexSnapshot(number, FaissFlatIndex.Open(paths.Index(number)), rows, live.ReplayPosition, HashText(hash)) { Codes = codes };
    }

    /// <summary>Reads all of the index file and makes its codes; null when it is not the file that was written.</summary>
    public VectorCodes? ReadCodes()
    {
        var codes = new VectorCodes(Index!.Dimension);
        var hash = Index.ReadThrough((row, vector) => codes.Append(vector, Rows.InverseNorms[row]), CancellationToken.None);
        return HashText(hash) == IndexHash ? codes : null;
    }

    public void Dispose() => Index?.Dispose();

    private static string HashText(ulong hash) => $"{hash:x16}";

    private static FaissFlatIndex? OpenIndex(string path, int count, int dimension, out string? problem)
    {
        try
        {
            problem = null;
            var index = FaissFlatIndex.Open(path);
            if (index.Count == count && index.Dimension == dimension && index.HasIds) return index;
            index.Dispose();
            problem = "its index and its rows do not belong together";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        return null;
    }
}

/// <summary>The living rows at a moment, with the texts that their numbers stand for.</summary>
/// <param name="Entries">In the order of their ordinals.</param>
/// <param name="Texts">By number.</param>
/// <param name="ReplayPosition">What had been written by then.</param>
/// <param name="Seen">How many ordinals there were.</param>
internal sealed record LiveRows(IReadOnlyList<RowEntry> Entries, IReadOnlyList<string> Texts, ReplayPosition ReplayPosition, int Seen)
{
    public static LiveRows Of(RowDirectory rows, RecordState state)
    {
        var entries = new List<RowEntry>(rows.Live);
        for (var ordinal = 0; ordinal < rows.Count; ordinal++)
        {
            if (!rows.IsDead(ordinal)) entries.Add(rows.Entry(ordinal));
        }

        return new LiveRows(entries, rows.Strings.ToArray(), new ReplayPosition(state.Segment, state.Rows, state.Deletes), rows.Count);
    }
}
