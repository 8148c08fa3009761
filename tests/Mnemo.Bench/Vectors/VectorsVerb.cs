using System.CommandLine;

namespace Mnemo.Bench.Vectors;

/// <summary><c>vectors</c>: the exact scan beside FAISS.</summary>
internal static class VectorsVerb
{
    public static Command Define()
    {
        var rows = new Option<int>("--rows") { Description = "How many vectors.", DefaultValueFactory = _ => 100_000 };
        var dimension = new Option<int>("--dimension") { Description = "Floats per vector.", DefaultValueFactory = _ => 768 };
        var queries = new Option<int>("--queries") { Description = "How many questions.", DefaultValueFactory = _ => 200 };
        return BenchOptions.Verb("vectors", "Exact search over one index file, one thread, beside FAISS", [rows, dimension, queries],
            (parsed, run, cancellation) => new VectorsBench(run, parsed.GetValue(rows), parsed.GetValue(dimension), parsed.GetValue(queries)).MeasureAsync(cancellation));
    }
}
