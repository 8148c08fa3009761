using Mnemo.Vectors;

namespace Mnemo.Backends.Rows;

/// <summary>The vector segments of a collection. One thread writes; reading is free.</summary>
internal sealed class SegmentSet : IDisposable
{
    private const long MaxBytes = 128L << 20;
    private readonly string _directory;
    private readonly int _dimension;
    private volatile Dictionary<int, SegmentFile> _files = [];

    private SegmentSet(string directory, int dimension) => (_directory, _dimension) = (directory, dimension);

    public int Dimension => _dimension;

    /// <summary>The number of the segment that is appended to; 0 before the first.</summary>
    public int Current { get; private set; }

    /// <summary>How often the disk was asked to sync.</summary>
    public long Syncs { get; private set; }

    public IReadOnlyDictionary<int, SegmentFile> Files => _files;

    public SegmentFile this[int number] =>
        _files.GetValueOrDefault(number) ?? throw new SegmentFormatException(PathOf(_directory, number), "it is missing");

    /// <summary>The file of a segment.</summary>
    public static string PathOf(string directory, int number) => Path.Combine(directory, $"{number:D6}.vec");

    /// <summary>Opens what is acknowledged and removes what a crash left beyond it.</summary>
    /// <param name="directory">The directory of the files, made when it is absent.</param>
    /// <param name="dimension">Floats of a vector.</param>
    /// <param name="last">The last segment that was acknowledged.</param>
    /// <param name="rows">How many rows of it.</param>
    public static SegmentSet Open(string directory, int dimension, int last, int rows)
    {
        Directory.CreateDirectory(directory);
        var set = new SegmentSet(directory, dimension) { Current = last };
        try
        {
            foreach (var path in Directory.GetFiles(directory, "*.vec"))
            {
                if (!int.TryParse(Path.GetFileNameWithoutExtension(path), out var number)) continue;
                if (number > last) File.Delete(path);
                else set._files[number] = SegmentFile.Open(path, dimension, number == last ? rows : int.MaxValue);
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

    /// <summary>Offers the vectors of the given rows, stretch by stretch.</summary>
    /// <param name="directory">Where the rows lie.</param>
    /// <param name="ordinals">The rows, ascending.</param>
    /// <param name="input">The query and what is known of all rows.</param>
    /// <param name="best">Takes the nearest.</param>
    /// <param name="cancellation">Stops it.</param>
    public void Scan(RowDirectory directory, ReadOnlySpan<int> ordinals, ScanInput input, Nearest best, CancellationToken cancellation)
    {
        for (var from = 0; from < ordinals.Length;)
        {
            var place = directory.Places[ordinals[from]];
            var shift = place.Row - ordinals[from];
            var to = from + 1;
            while (to < ordinals.Length && directory.Places[ordinals[to]] == new RowPlace(place.Segment, ordinals[to] + shift)) to++;
            var rows = this[place.Segment].Map();
            var last = ordinals[to - 1] + shift;
            if (last >= rows.Count) throw new SegmentFormatException(PathOf(_directory, place.Segment), $"row {last} is missing");
            ExactScan.Some(rows.Slice(place.Row, last - place.Row + 1), input with { FirstOrdinal = ordinals[from] }, ordinals[from..to], best, cancellation);
            from = to;
        }
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
        file = SegmentFile.Create(PathOf(_directory, next), _dimension);
        _files = new Dictionary<int, SegmentFile>(_files) { [next] = file };
        Current = next;
        return file;
    }
}
