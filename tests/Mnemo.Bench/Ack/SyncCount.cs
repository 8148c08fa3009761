using System.Globalization;
using Mnemo.Bench.Processes;

namespace Mnemo.Bench.Ack;

/// <summary>Counts what the system was asked to sync, from the message to the stored memory, with a tracer where there is one.</summary>
internal sealed class SyncCount(BenchRun run)
{
    private const string Tracer = "strace";
    private const int Messages = 200, MessagesUnderLoad = 2000;

    public async Task MeasureAsync(int senders, CancellationToken cancellation)
    {
        if (!Child.Exists(Tracer))
        {
            run.Report.Note($"SKIPPED the syncs until stored: {Tracer} is not installed");
            return;
        }

        var opening = await CountAsync(0, 1, cancellation);
        var alone = await CountAsync(Messages, 1, cancellation);
        var load = await CountAsync(MessagesUnderLoad, senders, cancellation);
        run.Report.Add("syncs to open and close a new data directory", opening, "");
        run.Report.Add("syncs per message until stored, alone", (alone - opening) / (double)Messages, "");
        run.Report.Add(new Figure($"syncs per message until stored, {senders} senders", (load - opening) / (double)MessagesUnderLoad, "", 1));
    }

    private async Task<long> CountAsync(int messages, int senders, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"stored-{messages}-{senders}");
        var trace = Path.Combine(run.Scratch, name + ".trace");
        string[] arguments =
        [
            "-f", "-qq", "-e", "trace=fsync,fdatasync,msync,sync_file_range", "-o", trace, Child.Dotnet, typeof(SyncCount).Assembly.Location, StoredVerb.Name,
            "--data", Path.Combine(run.Scratch, name), "--messages", Text(messages), "--senders", Text(senders), "--seed", Text(run.Seed),
        ];
        await Child.RunAsync(Child.Command(Tracer, arguments), cancellation);
        // A call that another thread interrupts is printed on two lines; the second one says "resumed".
        return File.ReadLines(trace).LongCount(line => line.Contains("sync", StringComparison.Ordinal) && !line.Contains("resumed", StringComparison.Ordinal));

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
