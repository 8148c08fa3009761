using System.CommandLine;

namespace Mnemo.Torture;

/// <summary><c>kill</c>: ends the real program without warning while messages stream in.</summary>
internal static class KillVerb
{
    private const int DefaultSeed = 20260731;

    public static Command Define()
    {
        var times = new Option<int>("--times") { Description = "How many kills.", DefaultValueFactory = _ => 20 };
        var seed = new Option<int>("--seed") { Description = "Repeats a run's choices (not its timing).", DefaultValueFactory = _ => DefaultSeed };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where the data directories are made; kept afterwards. By default a temporary place, removed when all is well." };
        times.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--times must be at least 1.");
        });

        var verb = new Command("kill", "kill -9 at random moments; every acknowledged message must be in exactly one memory afterwards.") { times, seed, data };
        verb.SetAction(async (parsed, cancellation) =>
        {
            var place = parsed.GetValue(data)?.FullName;
            var run = new KillRun(parsed.GetValue(times), parsed.GetValue(seed), place ?? Scratch.Make(), Console.Out);
            var isGood = await run.RunAsync(cancellation);
            if (place is null && isGood) Directory.Delete(run.Place, recursive: true);
            else Console.WriteLine($"the data directories are kept in {run.Place}");
            return isGood ? 0 : 1;
        });
        return verb;
    }
}
