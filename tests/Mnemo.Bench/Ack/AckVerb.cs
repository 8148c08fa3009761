using System.CommandLine;

namespace Mnemo.Bench.Ack;

/// <summary><c>ack</c>: what it costs until a message is safe.</summary>
internal static class AckVerb
{
    public static Command Define()
    {
        var messages = new Option<int>("--messages") { Description = "How many, one after the other.", DefaultValueFactory = _ => 1000 };
        var senders = new Option<int>("--senders") { Description = "How many send at once under load.", DefaultValueFactory = _ => 16 };
        return BenchOptions.Verb("ack", "A message acknowledged, beside a bare append and fsync of the same bytes", [messages, senders],
            async (parsed, run, cancellation) =>
            {
                await new AckBench(run).AloneAsync(parsed.GetValue(messages), cancellation);
                await new AckBench(run).UnderLoadAsync(parsed.GetValue(messages) * 4, parsed.GetValue(senders), cancellation);
                await new SyncCount(run).MeasureAsync(parsed.GetValue(senders), cancellation);
            });
    }
}
