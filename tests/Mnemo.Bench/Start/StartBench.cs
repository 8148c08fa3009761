using System.Diagnostics;
using Mnemo.Bench.Processes;

namespace Mnemo.Bench.Start;

/// <summary>
/// Starts the published program with a chat and takes the time until it has acknowledged its first line, which is later
/// than the prompt: everything is open by then and the line is on the disk.
/// </summary>
internal sealed class StartBench(BenchRun run, int runs)
{
    private const double MostMs = 700;
    private const string Line = "{\"id\":\"first\",\"text\":\"The kettle is in the garden.\"}\n";

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var program = await Published.HostAsync(run, cancellation);
        Samples fresh = new(), again = new(), bare = new();
        for (var i = 0; i <= runs; i++)
        {
            var data = Path.Combine(run.Scratch, $"data-{i}");
            var first = await UntilFirstLineAsync(program, data, cancellation);
            var second = await UntilFirstLineAsync(program, data, cancellation);
            var nothing = await Child.RunAsync(Child.Command(program, ["--version"]), cancellation);
            // The first round warms the file cache.
            if (i == 0) continue;
            fresh.Add(first);
            again.Add(second);
            bare.Add(1000 * nothing.Seconds);
        }

        run.Report.Add("mnemo --version, whole process, median", bare.Median, "ms");
        run.Report.Add(new Figure("start to first acknowledgement, new data directory, median", fresh.Median, "ms", MostMs));
        run.Report.Add(new Figure("start to first acknowledgement, existing data, median", again.Median, "ms", MostMs));
        run.Report.Add("slowest of all", Math.Max(fresh.Percentile(100), again.Percentile(100)), "ms");
    }

    private static async Task<double> UntilFirstLineAsync(string program, string data, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(Child.Command(program, ["chat", "--as", "ana", "--json", "--data", data]))!;
        await process.StandardInput.WriteAsync(Line.AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        if (line is null || !line.Contains("\"ack\"", StringComparison.Ordinal)) throw new InvalidOperationException($"No acknowledgement came: {line}{await process.StandardError.ReadToEndAsync(cancellation)}");
        return milliseconds;
    }
}
