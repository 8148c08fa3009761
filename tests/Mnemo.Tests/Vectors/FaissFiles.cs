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

    /// <summary>The ids of the nearest rows of an index, by its own metric.</summary>
    public static long[] Nearest(FaissFlatIndex index, ReadOnlySpan<float> query, int top, CancellationToken cancellation)
    {
        var ids = new long[index.Count];
        for (var row = 0; row < ids.Length; row++) ids[row] = index.IdAt(row);
        var best = new Nearest(top);
        ExactScan.All(index.Rows, new ScanInput { Query = query, Metric = index.Metric, Ids = ids }, best, cancellation);
        return [.. best.Ordered().Select(r => r.Id)];
    }
}
