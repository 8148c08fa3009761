using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Mnemo.Bench.Scale;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Bench.Ack;

/// <summary>What <c>ack</c> starts under a tracer: messages all the way into the store.</summary>
internal static class StoredVerb
{
    public const string Name = "stored";
    private const int Dimension = 512;

    public static Command Define()
    {
        var data = new Option<string>("--data") { Required = true };
        Option<int> messages = new("--messages"), senders = new("--senders"), seed = new("--seed");
        var verb = new Command(Name, "Stores messages in a fresh data directory.") { data, messages, senders, seed };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancellation) =>
        {
            using var host = BenchHost.Make(parsed.GetValue(data)!, Dimension);
            await host.StartAsync(cancellation);
            await StoreAsync(host.Services.GetRequiredService<MnemoRuntime>(), new Talk(parsed.GetValue(seed)), parsed.GetValue(messages), parsed.GetValue(senders), cancellation);
            await host.StopAsync(cancellation);
            return 0;
        });
        return verb;
    }

    // One sender waits until its message is stored before it sends the next one; many wait for the acknowledgement only.
    private static async Task StoreAsync(MnemoRuntime runtime, Talk talk, int messages, int senders, CancellationToken cancellation)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < messages; i = Interlocked.Increment(ref next))
            {
                await runtime.Intake.AcceptAsync(talk.Message(i), cancellation);
                if (senders == 1) await runtime.Worker.DrainAsync(cancellation);
            }
        }, cancellation)));
        await runtime.Worker.DrainAsync(cancellation);
    }
}
