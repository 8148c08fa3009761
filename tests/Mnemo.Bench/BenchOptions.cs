using System.CommandLine;

namespace Mnemo.Bench;

/// <summary>The options that every verb has.</summary>
internal sealed class BenchOptions
{
    private const int DefaultSeed = 20260731;
    private readonly Option<int> _seed = new("--seed") { Description = "Makes the same data and questions again.", DefaultValueFactory = _ => DefaultSeed };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Also writes the figures to this file." };
    private readonly Option<DirectoryInfo?> _scratch = new("--scratch") { Description = "Where to work; what is made there is kept. By default a temporary place, removed at the end." };

    /// <summary>Makes a verb with these options.</summary>
    public static Command Verb(string name, string description, IReadOnlyList<Option> own, Func<ParseResult, BenchRun, CancellationToken, Task> measure)
    {
        var options = new BenchOptions();
        var verb = new Command(name, description) { options._seed, options._json, options._scratch };
        foreach (var option in own) verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            var place = parsed.GetValue(options._scratch)?.FullName;
            var scratch = place is null ? Directory.CreateTempSubdirectory("mnemo-bench-").FullName : Directory.CreateDirectory(place).FullName;
            try
            {
                var run = new BenchRun(new Report(description, parsed.GetValue(options._json)), scratch, parsed.GetValue(options._seed));
                await measure(parsed, run, cancellation);
                return run.Report.Finish();
            }
            finally
            {
                if (place is null) Directory.Delete(scratch, recursive: true);
            }
        });
        return verb;
    }
}

/// <summary>What a verb works with.</summary>
/// <param name="Report">Takes the figures.</param>
/// <param name="Scratch">A directory of its own.</param>
/// <param name="Seed">For everything random.</param>
internal sealed record BenchRun(Report Report, string Scratch, int Seed);
