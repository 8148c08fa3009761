using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mnemo.Torture.Mutation;

/// <summary>The file that a run writes a line to for each mutant, and goes on from after it was killed. Its first line says what it is of.</summary>
internal sealed class MutationRecord
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _path;
    private readonly Dictionary<string, MutantVerdict> _verdicts = new(StringComparer.Ordinal);

    private MutationRecord(string path) => _path = path;

    /// <summary>What the unchanged tree does; null while nobody knows.</summary>
    public Baseline? Baseline { get; private set; }

    /// <summary>Opens the record of a run, or begins one.</summary>
    /// <exception cref="InvalidOperationException">It is of another tree, seed or folder.</exception>
    public static MutationRecord Open(string path, string run)
    {
        var record = new MutationRecord(path);
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            // The last line of a killed run may be half a line; that mutant has its turn again.
            if (!line.EndsWith('}')) continue;
            if (line.StartsWith("{\"Run\":", StringComparison.Ordinal)) record.Baseline = JsonSerializer.Deserialize<Baseline>(line);
            else if (JsonSerializer.Deserialize<MutantVerdict>(line) is { } verdict) record._verdicts[verdict.Key] = verdict;
        }

        if (record.Baseline is { } baseline && baseline.Run != run) throw new InvalidOperationException($"{path} is of another tree, seed or folder; name another file with --out, or remove it.");
        return record;
    }

    public MutantVerdict? Find(string key) => _verdicts.GetValueOrDefault(key);

    public Baseline Begin(Baseline baseline)
    {
        Append(JsonSerializer.Serialize(baseline));
        return Baseline = baseline;
    }

    public void Add(MutantVerdict verdict)
    {
        _verdicts[verdict.Key] = verdict;
        Append(JsonSerializer.Serialize(verdict, Readable));
    }

    private void Append(string line)
    {
        var isTorn = File.Exists(_path) && File.ReadAllText(_path) is { Length: > 0 } text && text[^1] != '\n';
        File.AppendAllText(_path, (isTorn ? "\n" : "") + line + "\n");
    }
}

/// <summary>The tests on the unchanged tree.</summary>
/// <param name="Run">The tree, the seed and the folders.</param>
/// <param name="Seconds">How long all of them take.</param>
/// <param name="Failing">Methods that fail here without any change, and so can catch none.</param>
internal sealed record Baseline(string Run, double Seconds, IReadOnlyList<string> Failing);
