using Mnemo.Vectors;

namespace Mnemo.Bench.Vectors;

/// <summary>An index of unit vectors, searched in two ways that must agree.</summary>
internal sealed class SearchedIndex
{
    private readonly FaissFlatIndex _index;
    private readonly long[] _ids;
    private readonly int[] _ordinals;
    private readonly float[] _vectors;
    private readonly VectorCodes _codes;

    public SearchedIndex(FaissFlatIndex index, long[] ids)
    {
        (_index, _ids) = (index, ids);
        _ordinals = [.. Enumerable.Range(0, index.Count)];
        _vectors = new float[index.Count * index.Dimension];
        _codes = new VectorCodes(index.Dimension);
        for (var row = 0; row < index.Count; row++)
        {
            var vector = _vectors.AsSpan(row * index.Dimension, index.Dimension);
            index.Read(row, vector);
            _codes.Append(vector, ExactScan.InverseNorm(vector));
        }
    }

    /// <summary>Looks at every vector in memory.</summary>
    public List<long> Exact(float[] question, int top, CancellationToken cancellation)
    {
        var best = new Nearest(top);
        ExactScan.All(VectorRows.Of(_vectors, _index.Dimension), new ScanInput { Query = question, Metric = VectorMetric.L2, Ids = _ids }, best, cancellation);
        return [.. best.Ordered().Select(r => r.Id)];
    }

    /// <summary>Looks at every code, and in the file at the vectors that may be among the nearest.</summary>
    public List<long> Coded(float[] question, int top, CancellationToken cancellation)
    {
        var best = new Nearest(top);
        CodedScan.Some(_index, _codes, new ScanInput { Query = question, Metric = VectorMetric.L2, Ids = _ids }, _ordinals, best, cancellation);
        return [.. best.Ordered().Select(r => r.Id)];
    }
}
