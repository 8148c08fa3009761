using System.CommandLine;
using System.Text.Json;

namespace Mnemo.Bench.Scale;

/// <summary>What the other verbs start as a fresh process; prints one line of JSON.</summary>
internal static class ProbeVerb
{
    public const string Name = "probe";

    public static Command Define()
    {
        var data = new Option<string>("--data") { Required = true };
        Option<int> rows = new("--rows"), dimension = new("--dimension"), scopes = new("--scopes"), questions = new("--questions"), seed = new("--seed");
        var verb = new Command(Name, "Opens an imported data directory and recalls.") { data, rows, dimension, scopes, questions, seed };
        verb.Hidden = true;
        verb.SetAction(async (parsed, cancellation) =>
        {
            var talk = new Talk(parsed.GetValue(seed), parsed.GetValue(scopes));
            var probe = new Probe(parsed.GetValue(data)!, parsed.GetValue(dimension), talk, parsed.GetValue(rows));
            Console.WriteLine(JsonSerializer.Serialize(await probe.RunAsync(parsed.GetValue(questions), parsed.GetValue(seed), cancellation)));
            return 0;
        });
        return verb;
    }
}

/// <summary>What a fresh process saw; times but the first are counted from when it began to open the data directory.</summary>
internal sealed record ProbeResult(
    double ComposedMs, double FirstWriteMs, double ReadyMs, double RecallP50Ms, double RecallP95Ms, double ProcessorP50Ms, double ProcessorP95Ms,
    double FoundPercent, double ResidentMiB, double PeakMiB);
