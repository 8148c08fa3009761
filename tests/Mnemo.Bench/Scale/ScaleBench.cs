using System.Globalization;
using System.Text.Json;
using Mnemo.Bench.Processes;

namespace Mnemo.Bench.Scale;

/// <summary>Makes a file, imports it with the program, opens the result in fresh processes, and recalls on one core.</summary>
internal sealed class ScaleBench(BenchRun run, int dimension, int scopes, int questions)
{
    private const double LeastRecordsPerSecond = 5000, MostFirstWriteMs = 100, MostReadyMs = 1000;
    private const double BaseMiB = 200, TimesRaw = 1.2, Mebibyte = 1 << 20;
    private const int Openings = 5;

    public async Task MeasureAsync(IReadOnlyList<int> sizes, CancellationToken cancellation)
    {
        var host = await Published.HostAsync(run, cancellation);
        var prober = await Published.BuildAsync("tests/Mnemo.Bench/Mnemo.Bench.csproj", "Mnemo.Bench", Path.Combine(run.Scratch, "prober"), cancellation);
        var text = scopes == 1 ? "one channel" : $"{scopes} channels";
        run.Report.Note($"{dimension} floats per vector, {text}, ten speakers, every opening in a fresh process, {questions} questions on one core, seed {run.Seed}");
        List<(int Rows, ProbeResult Result)> measured = [];
        foreach (var rows in sizes) measured.Add((rows, await OneAsync(host, prober, rows, cancellation)));
        if (measured.Count < 2) return;
        var (first, last) = (measured[0], measured[^1]);
        var label = string.Create(CultureInfo.InvariantCulture, $"growth {first.Rows} → {last.Rows} ({(double)last.Rows / first.Rows:F0} ×)");
        run.Report.Add($"{label}: recall p50", last.Result.RecallP50Ms / first.Result.RecallP50Ms, "×");
        run.Report.Add($"{label}: recall p95", last.Result.RecallP95Ms / first.Result.RecallP95Ms, "×");
        run.Report.Add($"{label}: until words and vectors answer", last.Result.ReadyMs / first.Result.ReadyMs, "×");
        run.Report.Add($"{label}: resident", last.Result.ResidentMiB / first.Result.ResidentMiB, "×");
    }

    private async Task<ProbeResult> OneAsync(string host, string prober, int rows, CancellationToken cancellation)
    {
        var name = rows.ToString("N0", CultureInfo.InvariantCulture);
        var file = Path.Combine(run.Scratch, string.Create(CultureInfo.InvariantCulture, $"{rows}.jsonl"));
        var data = Path.Combine(run.Scratch, string.Create(CultureInfo.InvariantCulture, $"data-{rows}-{scopes}"));
        Report.Progress($"{name}: writing {Path.GetFileName(file)}");
        await Corpus.WriteAsync(file, new Talk(run.Seed, scopes), rows, dimension, run.Seed, cancellation);
        Report.Progress($"{name}: importing");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["MNEMO_EMBEDDING_DIM"] = dimension.ToString(CultureInfo.InvariantCulture) };
        var imported = await Child.RunAsync(Child.Command(host, ["import", file, "--data", data], settings), cancellation);
        File.Delete(file);
        run.Report.Add(new Figure($"{name}: import, durable, whole process", rows / imported.Seconds, "records/s", LeastRecordsPerSecond, IsAtLeast: true));
        run.Report.Add($"{name}: import, peak memory", imported.PeakBytes / Mebibyte, "MiB");

        // What the import left to the system to write must not slow the openings down.
        if (Child.Exists("sync")) await Child.RunAsync(Child.Command("sync", []), cancellation);
        List<ProbeResult> opened = [];
        for (var i = 0; i < Openings; i++)
        {
            Report.Progress($"{name}: opening, {i + 1} of {Openings}");
            opened.Add(await ProbeAsync(prober, data, rows, 0, cancellation));
        }

        Report.Progress($"{name}: recalling");
        opened.Add(await ProbeAsync(prober, data, rows, questions, cancellation, isOnOneCore: true));
        Tell(name, rows, opened);
        var free = await ProbeAsync(prober, data, rows, questions, cancellation);
        var (p50, p95) = Goals(rows);
        run.Report.Add(new Figure($"{name}: recall end to end, all cores, p50", free.RecallP50Ms, "ms", p50));
        run.Report.Add(new Figure($"{name}: recall end to end, all cores, p95", free.RecallP95Ms, "ms", p95));
        return opened[^1];
    }

    private void Tell(string name, int rows, List<ProbeResult> opened)
    {
        Samples composed = new(), write = new(), ready = new(), stored = new();
        foreach (var one in opened.Take(Openings))
        {
            composed.Add(one.ComposedMs);
            write.Add(one.FirstWriteMs);
            ready.Add(one.ReadyMs);
            stored.Add(one.StoredMs);
        }

        var last = opened[^1];
        var raw = 4d * rows * dimension / Mebibyte;
        var (p50, p95) = Goals(rows);
        run.Report.Add($"{name}: settings read and parts composed, median of {Openings}", composed.Median, "ms");
        run.Report.Add(new Figure($"{name}: open to first write, durable, median of {Openings}", write.Median, "ms", MostFirstWriteMs));
        run.Report.Add(new Figure($"{name}: open until words and vectors answer, median of {Openings}", ready.Median, "ms", MostReadyMs));
        run.Report.Add($"{name}: open until that first write is a memory in the store, median of {Openings}", stored.Median, "ms");
        run.Report.Add(new Figure($"{name}: recall end to end, one core, p50", last.RecallP50Ms, "ms", p50));
        run.Report.Add(new Figure($"{name}: recall end to end, one core, p95", last.RecallP95Ms, "ms", p95));
        run.Report.Add($"{name}: recall, processor time, p50", last.ProcessorP50Ms, "ms");
        run.Report.Add($"{name}: recall, processor time, p95", last.ProcessorP95Ms, "ms");
        run.Report.Add($"{name}: the memory asked about is among the ten", last.FoundPercent, "%");
        run.Report.Add(new Figure($"{name}: resident after that (raw vectors {raw:F0} MiB)", last.ResidentMiB, "MiB", BaseMiB + (TimesRaw * raw)));
        run.Report.Add(new Figure($"{name}: peak resident", last.PeakMiB, "MiB", BaseMiB + (TimesRaw * raw)));
    }

    private (double? P50, double? P95) Goals(int rows) => scopes > 1 ? (10, 25) : rows > 100_000 ? (null, null) : (null, 60);

    private async Task<ProbeResult> ProbeAsync(string prober, string data, int rows, int count, CancellationToken cancellation, bool isOnOneCore = false)
    {
        var first = new Talk(run.Seed, scopes).Ask(rows / 2);
        string[] arguments =
        [
            ProbeVerb.Name, "--data", data, "--rows", Text(rows), "--dimension", Text(dimension),
            "--scopes", Text(scopes), "--questions", Text(count), "--seed", Text(run.Seed),
            "--channel", first.Scope.Channel, "--asker", first.Asker!.Name, "--ask", first.Text,
        ];
        var command = isOnOneCore && Child.Exists("taskset") ? Child.Command("taskset", ["-c", "0", prober, .. arguments]) : Child.Command(prober, arguments);
        var ended = await Child.RunAsync(command, cancellation);
        return JsonSerializer.Deserialize<ProbeResult>(ended.Output) ?? throw new InvalidOperationException("The probe said nothing.");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
