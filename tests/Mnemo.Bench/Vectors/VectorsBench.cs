using System.Diagnostics;
using Mnemo.Vectors;

namespace Mnemo.Bench.Vectors;

/// <summary>Both search the same file, question by question in turn, and must give the same answers.</summary>
internal sealed class VectorsBench(BenchRun run, int rows, int dimension, int queries)
{
    private const int Top = 10, WarmUp = 5;

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(run.Scratch, "index.faiss");
        Report.Progress($"writing {rows} vectors of {dimension}");
        var ids = Write(path);
        float[][] questions = [.. Enumerable.Range(0, queries + WarmUp).Select(i => Questions(i))];
        using var index = FaissFlatIndex.Open(path);
        using var faiss = await FaissPeer.StartAsync(path, cancellation);
        var searched = new SearchedIndex(index, ids);
        Samples exact = new(), coded = new(), theirs = new();
        var same = 0;
        for (var i = 0; i < questions.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var found = searched.Exact(questions[i], Top, cancellation);
            if (i >= WarmUp) exact.AddSince(start);
            start = Stopwatch.GetTimestamp();
            var foundByCodes = searched.Coded(questions[i], Top, cancellation);
            if (i >= WarmUp) coded.AddSince(start);
            if (!foundByCodes.SequenceEqual(found)) throw new InvalidOperationException("The codes led to another answer.");
            if (faiss is null) continue;
            var (milliseconds, theirIds) = await faiss.SearchAsync(questions[i], Top, cancellation);
            if (i < WarmUp) continue;
            theirs.Add(milliseconds);
            if (found.SequenceEqual(theirIds)) same++;
        }

        foreach (var (name, ours) in ((string, Samples)[])[("every vector", exact), ("codes, then the file", coded)])
        {
            run.Report.Add($"Mnemo.Vectors, {rows} × {dimension}, {name}, p50", ours.Median, "ms");
            run.Report.Add($"Mnemo.Vectors, {rows} × {dimension}, {name}, p95", ours.Percentile(95), "ms");
        }

        if (faiss is null)
        {
            run.Report.Note($"SKIPPED the comparison: {FaissPeer.Variable} (now {FaissPeer.Python}) names no Python that has faiss");
            return;
        }

        run.Report.Note($"peer: FAISS {faiss.Version}, IndexFlatL2, one thread");
        run.Report.Add("FAISS, p50", theirs.Median, "ms");
        run.Report.Add("FAISS, p95", theirs.Percentile(95), "ms");
        run.Report.Add(new Figure("every vector ÷ FAISS, p50", exact.Median / theirs.Median, "×", 1));
        run.Report.Add(new Figure("codes, then the file ÷ FAISS, p50", coded.Median / theirs.Median, "×", 1));
        run.Report.Add(new Figure($"questions with the same {Top} ids in the same order", 100d * same / queries, "%", 100, IsAtLeast: true));
    }

    private long[] Write(string path)
    {
        var ids = new long[rows];
        var random = new Random(run.Seed);
        using var writer = new FaissFlatWriter(path, dimension, VectorMetric.L2, rows);
        for (var i = 0; i < rows; i++)
        {
            writer.Append(UnitVectors.Next(random, dimension));
            ids[i] = (7L * i) + 1;
        }

        writer.Finish(ids);
        return ids;
    }

    private float[] Questions(int number) => UnitVectors.Next(new Random(unchecked(run.Seed + 1 + number)), dimension);
}
