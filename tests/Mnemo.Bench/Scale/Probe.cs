using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;

namespace Mnemo.Bench.Scale;

/// <summary>
/// Opens the host as the program does and asks it. The first question is given, because making one up would be half of
/// what a process that has just started does.
/// </summary>
internal sealed class Probe(string data, int dimension, RecallQuery first)
{
    private const int WarmUp = 20;
    private const double Mebibyte = 1 << 20;

    public async Task<ProbeResult> RunAsync(int questions, int rows, Func<Talk> makeTalk, int seed, CancellationToken cancellation)
    {
        var message = Another(Stopwatch.GetTimestamp());
        var begun = Stopwatch.GetTimestamp();
        using var host = BenchHost.Make(data, dimension);
        var composedMs = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var start = Stopwatch.GetTimestamp();
        await host.StartAsync(cancellation);
        var runtime = host.Services.GetRequiredService<MnemoRuntime>();
        await runtime.Intake.AcceptAsync(message, cancellation);
        var firstWriteMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        var ready = await UntilReadyAsync(runtime, start, cancellation);
        await runtime.Worker.DrainAsync(cancellation);
        var storedMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (questions == 0) return await EndAsync(host, new ProbeResult(composedMs, firstWriteMs, ready, storedMs), cancellation);

        var talk = makeTalk();
        var random = new Random(seed);
        Samples times = new(), processor = new();
        var found = 0;
        for (var i = 0; i < WarmUp + questions; i++)
        {
            var number = random.Next(rows);
            var before = Environment.CpuUsage.TotalTime;
            var asked = Stopwatch.GetTimestamp();
            var result = await runtime.Recaller.RecallAsync(talk.Ask(number), cancellation);
            if (i < WarmUp) continue;
            times.AddSince(asked);
            processor.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            if (result.Hits.Any(h => h.Memory.Sources.Any(s => s.MessageId == talk.Message(number).Id))) found++;
        }

        return await EndAsync(host, new ProbeResult(composedMs, firstWriteMs, ready, storedMs)
        {
            RecallP50Ms = times.Median, RecallP95Ms = times.Percentile(95), ProcessorP50Ms = processor.Median, ProcessorP95Ms = processor.Percentile(95),
            FoundPercent = 100d * found / questions,
        }, cancellation);
    }

    private static async Task<ProbeResult> EndAsync(IHost host, ProbeResult result, CancellationToken cancellation)
    {
        var resident = Machine.StatusBytes("VmRSS") ?? Environment.WorkingSet;
        var peak = Machine.StatusBytes("VmHWM") ?? Environment.WorkingSet;
        await host.StopAsync(cancellation);
        return result with { ResidentMiB = resident / Mebibyte, PeakMiB = peak / Mebibyte };
    }

    // Words answer when a memory is found by them, vectors when a hit carries a similarity.
    private async Task<double> UntilReadyAsync(MnemoRuntime runtime, long start, CancellationToken cancellation)
    {
        await runtime.TextIndexReady.WaitAsync(cancellation);
        var result = await runtime.Recaller.RecallAsync(first, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (!result.Hits.Any(h => h.Text > 0) || !result.Hits.Any(h => h.Similarity != 0)) throw new InvalidOperationException("Words or vectors did not answer.");
        return elapsed;
    }

    private ChatMessage Another(long unique)
    {
        var speaker = new Speaker("probe", "Probe");
        var scope = new MemoryScope(first.Scope.Platform, first.Scope.Guild, first.Scope.Channel, speaker.Id);
        return new ChatMessage(string.Create(CultureInfo.InvariantCulture, $"probe{Environment.ProcessId}-{unique}"), scope, speaker, $"The kettle number {unique} is in the garden.", At: null);
    }
}
