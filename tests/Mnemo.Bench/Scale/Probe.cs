using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;

namespace Mnemo.Bench.Scale;

/// <summary>Opens the host as the program does and asks it.</summary>
internal sealed class Probe(string data, int dimension, Talk talk, int rows)
{
    private const int WarmUp = 20;
    private const double Mebibyte = 1 << 20;

    public async Task<ProbeResult> RunAsync(int questions, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var message = Another(Stopwatch.GetTimestamp());
        var begun = Stopwatch.GetTimestamp();
        using var host = BenchHost.Make(data, dimension);
        var composedMs = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var start = Stopwatch.GetTimestamp();
        await host.StartAsync(cancellation);
        var runtime = host.Services.GetRequiredService<MnemoRuntime>();
        await runtime.Intake.AcceptAsync(message, cancellation);
        var firstWriteMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        var ready = await UntilReadyAsync(runtime, random, start, cancellation);
        Samples times = new(), processor = new();
        var found = 0;
        for (var i = 0; i < WarmUp + questions && questions > 1; i++)
        {
            var number = random.Next(rows);
            var before = Environment.CpuUsage.TotalTime;
            var asked = Stopwatch.GetTimestamp();
            var result = await runtime.Recaller.RecallAsync(QueryAbout(number), cancellation);
            if (i < WarmUp) continue;
            times.AddSince(asked);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            if (result.Hits.Any(h => h.Memory.Sources.Any(s => s.MessageId == talk.Message(number).Id))) found++;
        }

        var resident = Machine.StatusBytes("VmRSS") ?? Environment.WorkingSet;
        var peak = Machine.StatusBytes("VmHWM") ?? Environment.WorkingSet;
        await host.StopAsync(cancellation);
        return new ProbeResult(composedMs, firstWriteMs, ready, Finite(times.Median), Finite(times.Percentile(95)), Finite(processor.Median), Finite(processor.Percentile(95)), 100d * found / questions, resident / Mebibyte, peak / Mebibyte);
    }

    // Words answer when a memory is found by them, vectors when a hit carries a similarity.
    private async Task<double> UntilReadyAsync(MnemoRuntime runtime, Random random, long start, CancellationToken cancellation)
    {
        await runtime.WordsReady.WaitAsync(cancellation);
        var result = await runtime.Recaller.RecallAsync(QueryAbout(random.Next(rows)), cancellation);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (!result.Hits.Any(h => h.Words > 0) || !result.Hits.Any(h => h.Similarity != 0)) throw new InvalidOperationException("Words or vectors did not answer.");
        return elapsed;
    }

    private RecallQuery QueryAbout(int number)
    {
        var asker = talk.Message(number).Speaker;
        return new RecallQuery(talk.Scope(number), asker, talk.Question(number));
    }

    private ChatMessage Another(long unique)
    {
        var message = talk.Message(rows);
        return message with { Id = string.Create(CultureInfo.InvariantCulture, $"probe{Environment.ProcessId}-{unique}"), Speaker = new Speaker("probe", "Probe") };
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
