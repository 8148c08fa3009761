using System.Diagnostics;
using System.Text;
using Mnemo.Bench.Scale;
using Mnemo.Capture;
using Mnemo.State;

namespace Mnemo.Bench.Ack;

/// <summary>Intake on a real control store, alternating with the least that any durable program has to do.</summary>
internal sealed class AckBench(BenchRun run)
{
    private const double MostTimesBare = 3;
    private const int WarmUp = 50;

    /// <summary>One message after the other, each beside an append and fsync of its bytes in the same directory.</summary>
    public async Task AloneAsync(int messages, CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(PathOf("alone.db"), TimeProvider.System, cancellation);
        var intake = NewIntake(control);
        using var bare = File.OpenHandle(PathOf("bare.log"), FileMode.Create, FileAccess.Write);
        var talk = new Talk(run.Seed);
        Samples accepted = new(), appended = new();
        long end = 0, before = 0;
        for (var i = 0; i < WarmUp + messages; i++)
        {
            var message = talk.Message(i);
            var bytes = Encoding.UTF8.GetBytes($"{message.Id} {message.Speaker.Id} {message.Text}\n");
            if (i == WarmUp) before = control.Syncs;
            // Who goes first changes, so that neither always profits from the other's.
            for (var turn = 0; turn < 2; turn++)
            {
                var start = Stopwatch.GetTimestamp();
                if ((i + turn) % 2 == 0)
                {
                    await intake.AcceptAsync(message, cancellation);
                    if (i >= WarmUp) accepted.AddSince(start);
                }
                else
                {
                    RandomAccess.Write(bare, bytes, end);
                    RandomAccess.FlushToDisk(bare);
                    if (i >= WarmUp) appended.AddSince(start);
                    end += bytes.Length;
                }
            }
        }

        run.Report.Add("append and fsync, p50", appended.Median, "ms");
        run.Report.Add("append and fsync, p95", appended.Percentile(95), "ms");
        run.Report.Add("acknowledged, p50", accepted.Median, "ms");
        run.Report.Add("acknowledged, p95", accepted.Percentile(95), "ms");
        run.Report.Add(new Figure("acknowledged ÷ append and fsync, p50", accepted.Median / appended.Median, "×", MostTimesBare));
        run.Report.Add(new Figure("syncs per message, alone", (control.Syncs - before) / (double)messages, "", 1));
    }

    /// <summary>Many senders at once: those that wait together share a sync.</summary>
    public async Task UnderLoadAsync(int messages, int senders, CancellationToken cancellation)
    {
        await using var control = await ControlStore.OpenAsync(PathOf("load.db"), TimeProvider.System, cancellation);
        var intake = NewIntake(control);
        var talk = new Talk(run.Seed);
        ChatMessage[] all = [.. Enumerable.Range(0, messages).Select(talk.Message)];
        await intake.AcceptAsync(talk.Message(messages), cancellation);
        var before = control.Syncs;
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < messages; i = Interlocked.Increment(ref next)) await intake.AcceptAsync(all[i], cancellation);
        }, cancellation)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        run.Report.Add($"acknowledged per second, {senders} senders", messages / seconds, "/s");
        run.Report.Add(new Figure($"syncs per message, {senders} senders", (control.Syncs - before) / (double)messages, "", 1));
    }

    private static Intake NewIntake(ControlStore control) => new(new Outbox(control), new PrivacySettings(control), new ChannelSettings(control));

    private string PathOf(string name) => Path.Combine(run.Scratch, name);
}
