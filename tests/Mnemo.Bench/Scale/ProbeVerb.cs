using System.CommandLine;
using System.Text.Json;
using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Bench.Scale;

/// <summary>What the other verbs start as a fresh process; prints one line of JSON.</summary>
internal static class ProbeVerb
{
    public const string Name = "probe";

    public static Command Define()
    {
        Option<string> data = new("--data") { Required = true }, channel = new("--channel") { Required = true }, asker = new("--asker") { Required = true }, ask = new("--ask") { Required = true };
        Option<int> rows = new("--rows"), dimension = new("--dimension"), scopes = new("--scopes"), questions = new("--questions"), seed = new("--seed");
        var verb = new Command(Name, "Opens an imported data directory and recalls.") { data, channel, asker, ask, rows, dimension, scopes, questions, seed };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancellation) =>
        {
            var who = parsed.GetValue(asker)!;
            var first = new RecallQuery(Talk.ScopeOf(parsed.GetValue(channel)!, who), new Speaker(who.ToLowerInvariant(), who), parsed.GetValue(ask)!);
            var probe = new Probe(parsed.GetValue(data)!, parsed.GetValue(dimension), first);
            var result = await probe.RunAsync(parsed.GetValue(questions), parsed.GetValue(rows),
                () => new Talk(parsed.GetValue(seed), parsed.GetValue(scopes)), parsed.GetValue(seed), cancellation);
            Console.WriteLine(JsonSerializer.Serialize(result));
            return 0;
        });
        return verb;
    }
}

/// <summary>What a fresh process saw; times but the first are counted from when it began to open the data directory.</summary>
internal sealed record ProbeResult(double ComposedMs, double FirstWriteMs, double ReadyMs, double StoredMs)
{
    public double RecallP50Ms { get; init; }

    public double RecallP95Ms { get; init; }

    public double ProcessorP50Ms { get; init; }

    public double ProcessorP95Ms { get; init; }

    public double FoundPercent { get; init; }

    public double ResidentMiB { get; init; }

    public double PeakMiB { get; init; }
}
