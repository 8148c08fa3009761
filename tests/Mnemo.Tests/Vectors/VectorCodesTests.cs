using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Vectors;

public class VectorCodesTests
{
    private const int Top = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("random")]
    [InlineData("sparse")]
    [InlineData("one number each")]
    [InlineData("nearly alike")]
    [InlineData("alike")]
    [InlineData("of all lengths")]
    [InlineData("some without a direction")]
    public void The_candidates_lead_to_exactly_what_an_exact_scan_finds(string kind)
    {
        var random = new Random(42);
        foreach (var dimension in new[] { 1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 100, 512, 768, 1025 })
        {
            var rows = Enumerable.Range(0, 2100).Select(_ => Vector(kind, dimension, random)).ToList();
            var collection = new Coded(rows, dimension);
            for (var round = 0; round < 5; round++)
            {
                var query = Unit(round < 4 ? Vector(kind, dimension, random) : rows[77]);
                int[] some = [.. Enumerable.Range(0, rows.Count).Where(i => round == 0 || random.Next(round) == 0)];
                Assert.Equal(collection.Exact(query, some), collection.Exact(query, collection.Candidates(query, some)));
                foreach (var floor in new[] { -0.5f, 0.05f, 0.3f, 0.999f })
                    Assert.Equal(collection.Exact(query, some, floor), collection.Exact(query, collection.Candidates(query, some, floor), floor));
            }
        }
    }

    [Fact]
    public void Few_others_are_candidates()
    {
        var random = new Random(3);
        var collection = new Coded([.. Enumerable.Range(0, 10_000).Select(_ => Vector("random", 256, random))], 256);
        var candidates = collection.Candidates(Unit(Vector("random", 256, random)), [.. Enumerable.Range(0, 10_000)]);
        Assert.InRange(candidates.Length, Top, 5 * Top);
    }

    [Fact]
    public void Rows_that_are_too_far_are_no_candidates_however_few_are_near()
    {
        var random = new Random(5);
        List<float[]> rows = [.. Enumerable.Range(0, 2000).Select(_ => Vector("random", 256, random))];
        Assert.Equal([700], new Coded(rows, 256).Candidates(Unit(rows[700]), [.. Enumerable.Range(0, rows.Count)], floor: 0.5f));
    }

    [Fact]
    public void Rows_on_which_single_precision_may_overflow_or_vanish_are_always_candidates()
    {
        float[] query = [1, 0, 0];
        List<float[]> rows = [.. Enumerable.Repeat(query, 50), [0, 1e30f, 0], [0, 1e-30f, 0], [0, 0, 0], [0, float.NaN, 1], [0, 0, float.PositiveInfinity], [0, 1, 0]];
        Assert.Equal([50, 51, 52, 53, 54], new Coded(rows, 3).Candidates(query, [.. Enumerable.Range(0, rows.Count)]).Where(o => o >= 50));
    }

    [Fact]
    public void Fewer_rows_than_are_wanted_are_all_candidates()
    {
        var random = new Random(4);
        var collection = new Coded([.. Enumerable.Range(0, 20).Select(_ => Vector("random", 40, random))], 40);
        Assert.Equal([3, 5, 19], collection.Candidates(Unit(Vector("random", 40, random)), [3, 5, 19]));
        Assert.Empty(collection.Candidates(Unit(Vector("random", 40, random)), []));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var codes = new VectorCodes(4);
        codes.Append([1, 2, 3, 4], ExactScan.InverseNorm([1, 2, 3, 4]));
        Assert.Throws<ArgumentException>(() => codes.Append([1, 2, 3], 1));
        Assert.Throws<ArgumentException>(() => codes.Candidates([1, 2, 3], [0], Top, float.NegativeInfinity, Cancellation));
        Assert.Throws<ArgumentException>(() => codes.Candidates([1, 2, 3, 4], [1], Top, float.NegativeInfinity, Cancellation));
        Assert.Throws<ArgumentException>(() => codes.Candidates([1, 2, 3, 4], [-1], Top, float.NegativeInfinity, Cancellation));
        Assert.Throws<OperationCanceledException>(() => codes.Candidates([1, 2, 3, 4], [0], Top, float.NegativeInfinity, new CancellationToken(canceled: true)));
    }

    private static float[] Vector(string kind, int dimension, Random random)
    {
        var vector = new float[dimension];
        for (var i = 0; i < dimension; i++) vector[i] = (random.NextSingle() * 2) - 1;
        switch (kind)
        {
            case "sparse":
                for (var i = 0; i < dimension; i++) vector[i] = random.Next(10) == 0 ? vector[i] : 0;
                break;
            case "one number each":
                Array.Clear(vector);
                vector[random.Next(dimension)] = 1;
                break;
            case "nearly alike":
                for (var i = 0; i < dimension; i++) vector[i] = MathF.Sin(i) + (vector[i] * 1e-6f);
                break;
            case "alike":
                for (var i = 0; i < dimension; i++) vector[i] = MathF.Sin(i + random.Next(3));
                break;
            case "of all lengths":
                var scale = MathF.Pow(10, random.Next(-40, 39));
                for (var i = 0; i < dimension; i++) vector[i] *= scale;
                break;
            case "some without a direction" when random.Next(4) == 0:
                vector[random.Next(dimension)] = random.Next(3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
                break;
            case "some without a direction" when random.Next(4) == 0:
                Array.Clear(vector);
                break;
        }

        return vector;
    }

    private static float[] Unit(float[] vector)
    {
        var inverse = (double)ExactScan.InverseNorm(vector);
        return Array.ConvertAll(vector, x => (float)(x * inverse));
    }

    /// <summary>Vectors and their codes.</summary>
    private sealed class Coded
    {
        private readonly List<float[]> _rows;
        private readonly float[] _inverseNorms;
        private readonly long[] _ids;
        private readonly VectorCodes _codes;

        public Coded(List<float[]> rows, int dimension)
        {
            (_rows, _codes) = (rows, new VectorCodes(dimension));
            _inverseNorms = [.. rows.Select(r => ExactScan.InverseNorm(r))];
            _ids = [.. rows.Select((_, i) => (long)(i * 37 % rows.Count))];
            for (var i = 0; i < rows.Count; i++) _codes.Append(rows[i], _inverseNorms[i]);
        }

        public int[] Candidates(float[] query, int[] ordinals, float floor = float.NegativeInfinity) => _codes.Candidates(query, ordinals, Top, floor, Cancellation);

        public IReadOnlyList<NearRow> Exact(float[] query, int[] ordinals, float floor = float.NegativeInfinity)
        {
            var best = new Nearest(Top, floor);
            foreach (var ordinal in ordinals)
            {
                var input = new ScanInput { Query = query, Metric = VectorMetric.Cosine, Ids = _ids, InverseNorms = _inverseNorms, FirstOrdinal = ordinal };
                ExactScan.All(VectorRows.Of(_rows[ordinal], query.Length), input, best, Cancellation);
            }

            return best.Ordered();
        }
    }
}
