using System.Text.Json.Serialization;

namespace Mnemo.Torture.Mutation;

/// <summary>One small change of the code that some test should notice.</summary>
/// <param name="Path">The file, from the root of the repository.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Operator">What sort of change.</param>
/// <param name="Start">Where the changed piece begins.</param>
/// <param name="Length">How long it was.</param>
/// <param name="Replacement">What stands there instead.</param>
internal sealed record Mutant(string Path, int Line, string Operator, int Start, int Length, string Replacement)
{
    /// <summary>Names it in a record; the same tree and seed draw the same ones.</summary>
    public string Key => $"{Path}:{Line}:{Operator}:{Start}";

    /// <summary>The folder of Core that it lies in; its tests lie in the folder of that name.</summary>
    public string Folder => Path.Split('/')[2];

    public string Apply(string text) => string.Concat(text.AsSpan(0, Start), Replacement, text.AsSpan(Start + Length));

    /// <summary>The changed lines, before and after.</summary>
    public string Diff(string text)
    {
        var from = text.LastIndexOf('\n', Math.Max(0, Start - 1)) + 1;
        var to = text.IndexOf('\n', Start + Length) is >= 0 and var end ? end : text.Length;
        var after = string.Concat(text.AsSpan(from, Start - from), Replacement, text.AsSpan(Start + Length, to - Start - Length));
        return string.Join('\n', text[from..to].Split('\n').Select(line => "- " + line.Trim()).Concat(after.Split('\n').Select(line => "+ " + line.Trim())));
    }
}

/// <summary>What became of a mutant.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fate>))]
internal enum Fate
{
    /// <summary>It is no program; another one is drawn in its place.</summary>
    NotCompiled,

    /// <summary>A test failed.</summary>
    Killed,

    /// <summary>The tests did not end in time, which somebody would notice too.</summary>
    TimedOut,

    /// <summary>Every test passed.</summary>
    Survived,
}

/// <summary>A line of the record.</summary>
/// <param name="Key">The mutant's.</param>
/// <param name="Place">Its file and line.</param>
/// <param name="Operator">Its sort.</param>
/// <param name="Diff">The lines, before and after.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="By">The first test that failed; empty when none did.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record MutantVerdict(string Key, string Place, string Operator, string Diff, Fate Fate, string By, double Seconds);
