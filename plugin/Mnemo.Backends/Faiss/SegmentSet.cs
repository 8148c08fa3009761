using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>The vector segments of a collection. One thread writes; reading is free.</summary>
internal sealed class SegmentSet : IDisposable
{
    private const long MaxBytes = 128L << 20;
    private readonly FaissPaths _paths;
    private readonly int _dimension;
    private volatile Dictionary<int, SegmentFile> _files = [];

    private SegmentSet(FaissPaths paths, int dimension) => (_paths, _dimension) = (paths, dimension);

    public int Dimension => _dimension;

    /// <summary>The number of the segment that is appended to; 0 before the first.</summary>
    public int Current { get; private set; }

    /// <summary>How often the disk was asked to sync.</summary>
    public long Syncs { get; private set; }

    public IReadOnlyDictionary<int, SegmentFile> Files => _files;

    public SegmentFile this[int number] =>
        _files.GetValueOrDefault(number) ?? throw new SegmentFormatException(_paths.Segment(number), "it is missing");

    /// <summary>Opens what is acknowledged and removes what a crash left beyond it.</summary>
    public static SegmentSet Open(FaissPaths paths, int dimension, RecordState state)
    {
        Directory.CreateDirectory(paths.Segments);
        var set = new SegmentSet(paths, dimension) { Current = state.Segment };
        try
        {
            foreach (var path in Directory.GetFiles(paths.Segments, "*.vec"))
            {
                if (!int.TryParse(Path.GetFileNameWithoutExtension(path), out var number)) continue;
                if (number > state.Segment) File.Delete(path);
                else set._files[number] = SegmentFile.Open(path, dimension, number == state.Segment ? state.Rows : int.MaxValue);
            }

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Adds rows at the end and makes them durable.</summary>
    /// <returns>The place of the first one; the others follow.</returns>
    public RowPlace Append(IReadOnlyList<long> ids, IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        var file = Writable(ids.Count);
        var before = file.Rows;
        var first = file.Append(ids, vectors);
        try
        {
            file.Flush();
            Syncs++;
        }
        catch (IOException)
        {
            TakeBack(new RowPlace(Current, before));
            throw;
        }

        return new RowPlace(Current, first);
    }

    /// <summary>Forgets rows whose records were not written.</summary>
    public void TakeBack(RowPlace from)
    {
        try
        {
            this[from.Segment].TruncateTo(from.Row);
        }
        catch (IOException)
        {
            // The rows are forgotten in any case: the next ones are written over them, or into another file.
        }
    }

    /// <summary>Removes files without a living row, but for the current one.</summary>
    public void Delete(IReadOnlyCollection<int> numbers)
    {
        var files = new Dictionary<int, SegmentFile>(_files);
        foreach (var number in numbers)
        {
            if (!files.Remove(number, out var file)) continue;
            file.Dispose();
            File.Delete(file.FilePath);
        }

        _files = files;
    }

    public void ReleaseOldViews()
    {
        foreach (var file in _files.Values) file.ReleaseOldViews();
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private SegmentFile Writable(int rows)
    {
        if (_files.TryGetValue(Current, out var file) && file.Broken is null && ((long)file.Rows + rows) * file.RowBytes <= MaxBytes) return file;
        var next = Current + 1;
        file = SegmentFile.Create(_paths.Segment(next), _dimension);
        _files = new Dictionary<int, SegmentFile>(_files) { [next] = file };
        Current = next;
        return file;
    }
}
