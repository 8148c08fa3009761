using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Vectors;

public class ExactScanTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.InnerProduct)]
    [InlineData(VectorMetric.Cosine)]
    public void The_nearest_are_those_of_a_plain_loop(VectorMetric metric)
    {
        foreach (var dimension in new[] { 2, 3, 16, 63, 64, 65, 100, 768 })
        {
            const int rows = 300;
            var vectors = FaissFiles.Random(rows, dimension, seed: dimension);
            var query = FaissFiles.Random(1, dimension, seed: 1000 + dimension);
            var ids = Enumerable.Range(0, rows).Select(i => (long)(i * 37 % rows)).ToArray();
            var norms = Enumerable.Range(0, rows).Select(i => ExactScan.InverseNorm(vectors.AsSpan(i * dimension, dimension))).ToArray();

            var best = new Nearest(10);
            ExactScan.All(VectorRows.Of(vectors, dimension), new ScanInput { Query = query, Metric = metric, Ids = ids, InverseNorms = norms }, best, Cancellation);

            var expected = Enumerable.Range(0, rows)
                .OrderByDescending(i => Score(vectors.AsSpan(i * dimension, dimension), query, metric, norms[i])).ThenBy(i => ids[i]).Take(10).ToList();
            Assert.Equal(expected.Select(i => Math.Round(Score(vectors.AsSpan(i * dimension, dimension), query, metric, norms[i]), 3)), best.Ordered().Select(r => Math.Round(r.Score, 3)));
            Assert.Equal(expected.Order(), best.Ordered().Select(r => r.Ordinal).Order());
        }
    }

    [Fact]
    public void What_scores_below_the_floor_is_not_kept()
    {
        var best = new Nearest(3, floor: 0.5f);
        foreach (var (score, id) in new[] { (0.4f, 1), (0.5f, 2), (float.NaN, 3), (0.9f, 4) }) best.Offer(score, id, id);
        Assert.Equal([4, 2], best.Ordered().Select(r => r.Id));
        Assert.Equal(0.5f, best.Floor);
        best.Offer(0.6f, 5, 5);
        best.Offer(0.7f, 6, 6);
        Assert.Equal([4, 6, 5], best.Ordered().Select(r => r.Id));
        Assert.Equal(0.6f, best.Floor);
    }

    [Fact]
    public void Equal_vectors_come_by_ascending_id_wherever_they_lie()
    {
        var one = FaissFiles.Random(1, 100, seed: 5);
        var shifted = new byte[4 + (41 * 403)];
        var ids = Enumerable.Range(0, 40).Select(i => (long)(i * 7 % 40)).ToArray();
        var best = new Nearest(15);
        for (var i = 0; i < 40; i++)
        {
            var at = 3 + (i * 403);
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(one.AsSpan()).CopyTo(shifted.AsSpan(at));
            ExactScan.All(new VectorRows(ref shifted[at], 1, 403, 100), new ScanInput { Query = one, Metric = VectorMetric.InnerProduct, Ids = ids, FirstOrdinal = i }, best, Cancellation);
        }

        Assert.Equal(Enumerable.Range(0, 15).Select(i => (long)i), best.Ordered().Select(r => r.Id));
    }

    [Fact]
    public void A_list_of_ordinals_looks_at_those_only()
    {
        var vectors = FaissFiles.Random(100, 8, seed: 9);
        var ids = Enumerable.Range(0, 150).Select(i => (long)i).ToArray();
        var best = new Nearest(5);
        var input = new ScanInput { Query = FaissFiles.Random(1, 8, seed: 1), Metric = VectorMetric.L2, Ids = ids, FirstOrdinal = 50 };
        ExactScan.Some(VectorRows.Of(vectors, 8), input, [51, 77, 149], best, Cancellation);
        Assert.Equal([51L, 77L, 149L], best.Ordered().Select(r => r.Id).Order());
    }

    [Fact]
    public void A_list_that_reaches_outside_is_refused()
    {
        var vectors = FaissFiles.Random(4, 8, seed: 9);
        Assert.Throws<ArgumentException>(() => ExactScan.Some(VectorRows.Of(vectors, 8), new ScanInput { Query = vectors.AsSpan(0, 8), Metric = VectorMetric.L2, Ids = new long[4] }, [4], new Nearest(1), Cancellation));
        Assert.Throws<ArgumentException>(() => ExactScan.All(VectorRows.Of(vectors, 8), new ScanInput { Query = vectors.AsSpan(0, 7), Metric = VectorMetric.L2, Ids = new long[4] }, new Nearest(1), Cancellation));
        Assert.Throws<ArgumentException>(() => ExactScan.All(VectorRows.Of(vectors, 8), new ScanInput { Query = vectors.AsSpan(0, 8), Metric = VectorMetric.L2, Ids = new long[3] }, new Nearest(1), Cancellation));
    }

    [Fact]
    public void Scores_that_are_no_numbers_come_last_and_break_nothing()
    {
        var best = new Nearest(3);
        foreach (var (score, id) in new[] { (float.NaN, 1L), (0.5f, 2L), (float.NaN, 0L), (0.7f, 3L), (-1f, 4L) }) best.Offer(score, id, 0);
        Assert.Equal([3L, 2L, 4L], best.Ordered().Select(r => r.Id));
        Assert.Equal(0, ExactScan.InverseNorm([0, 0]));
        Assert.Equal(0, ExactScan.Cosine([0, 0], [1, 1]));
    }

    [Fact]
    public void Cancelling_stops_a_scan()
    {
        var vectors = new float[10];
        Assert.Throws<OperationCanceledException>(() => ExactScan.All(VectorRows.Of(vectors, 1), new ScanInput { Query = [1], Metric = VectorMetric.L2, Ids = new long[10] }, new Nearest(1), new CancellationToken(canceled: true)));
    }

    private static double Score(ReadOnlySpan<float> a, ReadOnlySpan<float> b, VectorMetric metric, float inverseNorm)
    {
        double dot = 0, distance = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            distance += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return metric switch { VectorMetric.L2 => -distance, VectorMetric.Cosine => dot * inverseNorm, _ => dot };
    }
}
