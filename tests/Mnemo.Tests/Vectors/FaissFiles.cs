using Mnemo.Vectors;

namespace Mnemo.Tests.Vectors;

/// <summary>Index files for the tests of this folder.</summary>
internal static class FaissFiles
{
    public static float[] Random(int rows, int dimension, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * dimension];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((random.NextDouble() * 2) - 1);
        return values;
    }

    public static ulong Write(string path, int dimension, VectorMetric metric, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        using var writer = new FaissFlatWriter(path, dimension, metric, ids.Length);
        for (var row = 0; row < ids.Length; row++) writer.Append(vectors.Slice(row * dimension, dimension));
        return writer.Finish(ids);
    }

    /// <summary>All vectors of an index, one after the other.</summary>
    public static float[] ReadAll(FaissFlatIndex index)
    {
        var vectors = new float[index.Count * index.Dimension];
        for (var row = 0; row < index.Count; row++) index.Read(row, vectors.AsSpan(row * index.Dimension, index.Dimension));
        return vectors;
    }

    /// <summary>The ids of the nearest rows of an index, by its own metric.</summary>
    public static long[] Nearest(FaissFlatIndex index, ReadOnlySpan<float> query, int top, CancellationToken cancellation)
    {
        long[] ids = [.. Enumerable.Range(0, index.Count).Select(index.IdAt)];
        var best = new Nearest(top);
        ExactScan.All(VectorRows.Of(ReadAll(index), index.Dimension), new ScanInput { Query = query, Metric = index.Metric, Ids = ids }, best, cancellation);
        return [.. best.Ordered().Select(r => r.Id)];
    }
}
