using System.CommandLine;
using System.Globalization;

namespace Mnemo.Bench.Scale;

/// <summary><c>scale</c>: import, opening, recall and memory at several sizes.</summary>
internal static class ScaleVerb
{
    public static Command Define()
    {
        var rows = new Option<string>("--rows") { Description = "Sizes, separated by commas.", DefaultValueFactory = _ => "10000,100000,300000" };
        var dimension = new Option<int>("--dimension") { Description = "Floats per vector.", DefaultValueFactory = _ => 768 };
        var scopes = new Option<int>("--scopes") { Description = "In how many channels it was said.", DefaultValueFactory = _ => 1 };
        var questions = new Option<int>("--questions") { Description = "How many recalls are timed.", DefaultValueFactory = _ => 300 };
        return BenchOptions.Verb("scale", "The real program over many memories: import, open, recall on one core, memory", [rows, dimension, scopes, questions],
            async (parsed, run, cancellation) =>
            {
                int[] sizes = [.. parsed.GetValue(rows)!.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
                await new ScaleBench(run, parsed.GetValue(dimension), parsed.GetValue(scopes), parsed.GetValue(questions)).MeasureAsync(sizes, cancellation);
            });
    }
}
