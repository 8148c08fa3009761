using System.CommandLine;

namespace Mnemo.Bench.Start;

/// <summary><c>start</c>: how long a person waits for the prompt.</summary>
internal static class StartVerb
{
    public static Command Define()
    {
        var runs = new Option<int>("--runs") { Description = "How many starts of each.", DefaultValueFactory = _ => 9 };
        return BenchOptions.Verb("start", "Host start of a published ReadyToRun build, beside a program that does nothing", [runs],
            (parsed, run, cancellation) => new StartBench(run, parsed.GetValue(runs)).MeasureAsync(cancellation));
    }
}
