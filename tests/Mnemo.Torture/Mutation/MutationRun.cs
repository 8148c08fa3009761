using System.Diagnostics;
using System.Globalization;

namespace Mnemo.Torture.Mutation;

/// <summary>
/// Changes one place of Core at a time and sees whether a test notices: those of the folder that mirrors it first, then
/// the others. The places are drawn by the seed, so that a run that was killed draws the same ones and goes on.
/// </summary>
internal sealed class MutationRun(int seed, int count, string? only, string place, string file, TextWriter output)
{
    private const double WantedShare = 0.85;
    private const double FolderShare = 1, RestShare = 2;
    private const int GraceSeconds = 60;
    private const int MostFailing = 5;
    private static readonly string[] Folders = ["Capture", "Indexing", "Privacy", "Recall", "Storage", "Writing"];

    private readonly ScratchTree _tree = new(place);

    public async Task<bool> RunAsync(string repository, CancellationToken cancellation)
    {
        Directory.CreateDirectory(place);
        var identity = ScratchTree.IdentityOf(repository);
        var run = $"{identity} seed {seed} of {only ?? string.Join('+', Folders)}";
        var record = MutationRecord.Open(file, run);
        Say($"mutate: {count} mutants, seed {seed}, recorded in {file}");
        var compiler = CoreCompiler.Open(_tree.Root, await _tree.PrepareAsync(repository, identity, cancellation));
        var baseline = record.Baseline ?? record.Begin(await MeasureAsync(run, compiler, cancellation));
        List<MutantVerdict> verdicts = [];
        var drawn = 0;
        foreach (var mutant in Draw(compiler))
        {
            if (verdicts.Count == count) break;
            drawn++;
            var verdict = record.Find(mutant.Key);
            if (verdict is null) record.Add(verdict = await JudgeAsync(compiler, mutant, baseline, cancellation));
            if (verdict.Fate == Fate.NotCompiled) continue;
            verdicts.Add(verdict);
            Say($"{verdicts.Count,4}/{count}  {verdict.Fate,-8} {verdict.Seconds,6:F1} s  {verdict.Place} {verdict.Operator}{(verdict.By.Length > 0 ? $" by {verdict.By}" : "")}");
        }

        return Tell(verdicts, drawn);
    }

    private bool Tell(List<MutantVerdict> verdicts, int drawn)
    {
        var survivors = verdicts.Where(v => v.Fate == Fate.Survived).ToList();
        foreach (var survivor in survivors) Say($"\nsurvived: {survivor.Place} {survivor.Operator}\n{survivor.Diff}");
        var caught = verdicts.Count - survivors.Count;
        var share = verdicts.Count == 0 ? 0 : caught / (double)verdicts.Count;
        Say($"\nmutate: {verdicts.Count} mutants of {drawn} drawn, {caught} caught ({share:P1}), {verdicts.Count(v => v.Fate == Fate.TimedOut)} of them by the clock, {survivors.Count} survived; {verdicts.Sum(v => v.Seconds) / Math.Max(1, verdicts.Count):F1} s each");
        return share >= WantedShare;
    }

    /// <summary>One mutant of each line at most, in the order of the seed.</summary>
    private IEnumerable<Mutant> Draw(CoreCompiler compiler)
    {
#pragma warning disable CA5394 // A seeded generator is the point: a run must be repeatable.
        var random = new Random(seed);
        var lines = compiler.Trees.Where(t => IsMeant(t.Key)).OrderBy(t => t.Key, StringComparer.Ordinal)
            .SelectMany(t => MutationOperators.Find(t.Key, t.Value)).GroupBy(m => (m.Path, m.Line), (_, mutants) => mutants.ToList()).ToArray();
        random.Shuffle(lines);
        foreach (var mutants in lines) yield return mutants[random.Next(mutants.Count)];
#pragma warning restore CA5394
    }

    private bool IsMeant(string path) => (only is null ? Folders : [only]).Any(folder => path.StartsWith($"{ScratchTree.Core}/{folder}/", StringComparison.Ordinal));

    private async Task<Baseline> MeasureAsync(string run, CoreCompiler compiler, CancellationToken cancellation)
    {
        var whole = await _tree.TestAsync(compiler.Compile(null)!, [], TimeSpan.FromHours(1), cancellation);
        List<string> failing = [.. whole.Failures.Select(MethodOf).Distinct(StringComparer.Ordinal)];
        if (failing.Count > MostFailing || whole.TimedOut) throw new InvalidOperationException($"Too many tests fail without any change: {string.Join(", ", failing)}");
        Say($"the tests take {whole.Took.TotalSeconds:F0} s without a change");
        if (failing.Count > 0) Say($"left out, because they fail without a change: {string.Join(", ", failing)}");
        return new Baseline(run, Math.Round(whole.Took.TotalSeconds, 1), failing);
    }

    private async Task<MutantVerdict> JudgeAsync(CoreCompiler compiler, Mutant mutant, Baseline baseline, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (fate, by) = (Fate.NotCompiled, "");
        if (compiler.Compile(mutant) is { } core)
        {
            var own = $"Mnemo.Tests.{mutant.Folder}*";
            List<string> leftOut = ["-stopOnFail", .. baseline.Failing.SelectMany(method => new[] { "-method-", method })];
            var run = await TestAsync(core, ["-namespace", own, .. leftOut], FolderShare * baseline.Seconds, cancellation);
            if (run.Passed) run = await TestAsync(core, ["-namespace-", own, .. leftOut], RestShare * baseline.Seconds, cancellation);
            fate = run.TimedOut ? Fate.TimedOut : run.Passed ? Fate.Survived : Fate.Killed;
            by = run.FirstFailure;
        }

        var text = compiler.Trees[mutant.Path].ToString();
        return new MutantVerdict(mutant.Key, $"{mutant.Path}:{mutant.Line}", mutant.Operator, mutant.Diff(text), fate, by, Math.Round(clock.Elapsed.TotalSeconds, 1));
    }

    /// <summary>A test that fails once and not again proves nothing, so the tests have a second turn then.</summary>
    private async Task<TestRun> TestAsync(byte[] core, IReadOnlyList<string> filter, double seconds, CancellationToken cancellation)
    {
        var limit = TimeSpan.FromSeconds(seconds + GraceSeconds);
        var run = await _tree.TestAsync(core, filter, limit, cancellation);
        if (run.Passed || run.TimedOut) return run;
        var again = await _tree.TestAsync(core, ["-method", MethodOf(run.FirstFailure)], limit, cancellation);
        return again.Passed ? await _tree.TestAsync(core, filter, limit, cancellation) : run;
    }

    private static string MethodOf(string test) => test.Split('(')[0];

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
