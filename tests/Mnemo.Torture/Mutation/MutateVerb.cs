using System.CommandLine;

namespace Mnemo.Torture.Mutation;

/// <summary><c>mutate</c>: whether the tests notice when a line of Core is wrong.</summary>
internal static class MutateVerb
{
    private const int DefaultSeed = 20260731;

    public static Command Define()
    {
        var seed = new Option<int>("--seed") { Description = "Draws the places.", DefaultValueFactory = _ => DefaultSeed };
        var count = new Option<int>("--count") { Description = "How many mutants, those that do not compile not counted.", DefaultValueFactory = _ => 60 };
        var only = new Option<string?>("--only") { Description = "One folder of Core instead of Capture, Indexing, Privacy, Recall, Storage and Writing." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where the copy of the tree lies; kept, so that a run goes on after it was killed." };
        var file = new Option<FileInfo?>("--out") { Description = "The record, a line of JSON for each mutant; in the place of the copy by default." };
        var verb = new Command("mutate", "Changes one place of Core at a time in a copy of the tree and runs the tests; lists the changes that none of them noticed.") { seed, count, only, data, file };
        verb.SetAction(async (parsed, cancellation) =>
        {
            var name = $"mnemo-mutants-{parsed.GetValue(seed)}{(parsed.GetValue(only) is { } folder ? "-" + folder : "")}";
            var place = parsed.GetValue(data)?.FullName ?? Path.Combine(Path.GetTempPath(), name);
            var record = parsed.GetValue(file)?.FullName ?? Path.Combine(place, "mutants.jsonl");
            var run = new MutationRun(parsed.GetValue(seed), parsed.GetValue(count), parsed.GetValue(only), place, record, Console.Out);
            return await run.RunAsync(FindRepository(), cancellation) ? 0 : 1;
        });
        return verb;
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MnemoPlugin.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("This does not run inside the repository.");
    }
}
