using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Mnemo.Bench;

/// <summary>The figures of a run: a table on a terminal, clean lines otherwise, and a JSON file when one is asked for.</summary>
internal sealed class Report(string title, FileInfo? json)
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds what was measured.</summary>
    public void Add(Figure figure) => _figures.Add(figure);

    /// <summary>Adds a figure without a goal: a fact beside the others.</summary>
    public void Add(string name, double value, string unit) => Add(new Figure(name, value, unit));

    /// <summary>Says something that the figures need to be understood.</summary>
    public void Note(string line) => _notes.Add(line);

    /// <summary>Shows progress; not part of the report.</summary>
    public static void Progress(string line) => Console.Error.WriteLine(line);

    /// <summary>Prints everything; 0 even with a miss, because a miss is a finding and not a failure of the measurement.</summary>
    public int Finish()
    {
        IReadOnlyList<string> facts = [.. Machine.StateValues(), .. _notes];
        if (Console.IsOutputRedirected) PrintLines(facts);
        else PrintTable(facts);
        if (json is not null) File.WriteAllText(json.FullName, ToJson(facts).ToString() + "\n");
        return 0;
    }

    private void PrintLines(IReadOnlyList<string> facts)
    {
        Console.WriteLine(title);
        foreach (var fact in facts) Console.WriteLine($"  {fact}");
        foreach (var figure in _figures) Console.WriteLine($"  {figure.Name}: {figure.Shown}{(figure.Goal is null ? "" : $"; goal {figure.GoalShown}: {figure.Verdict}")}");
    }

    private void PrintTable(IReadOnlyList<string> facts)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(title)).AddColumns("figure", "measured", "goal", "");
        foreach (var figure in _figures)
        {
            var colour = figure.IsMet switch { true => "green", false => "red", null => "grey" };
            table.AddRow(Markup.Escape(figure.Name), Markup.Escape(figure.Shown), Markup.Escape(figure.GoalShown), $"[{colour}]{Markup.Escape(figure.Verdict)}[/]");
        }

        AnsiConsole.Write(table);
        foreach (var fact in facts) AnsiConsole.MarkupLineInterpolated($"[grey]{fact}[/]");
    }

    private JsonObject ToJson(IReadOnlyList<string> facts) => new()
    {
        ["title"] = title,
        ["facts"] = new JsonArray([.. facts.Select(f => (JsonNode)f)]),
        ["figures"] = new JsonArray([.. _figures.Select(f => (JsonNode)new JsonObject
        {
            ["name"] = f.Name, ["value"] = f.Value, ["unit"] = f.Unit, ["goal"] = f.Goal, ["at_least"] = f.IsAtLeast, ["met"] = f.IsMet,
        })]),
    };
}

/// <summary>One measured number.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit; empty for a plain ratio.</param>
/// <param name="Goal">The bound, if there is one.</param>
/// <param name="IsAtLeast">Whether the bound is a lower one.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Goal = null, bool IsAtLeast = false)
{
    public bool? IsMet => Goal is not { } goal ? null : IsAtLeast ? Value >= goal : Value <= goal;

    public string Shown => Number(Value);

    public string GoalShown => Goal is { } goal ? $"{(IsAtLeast ? "≥" : "≤")} {Number(goal)}" : "";

    public string Verdict => IsMet switch { true => "met", false => "MISSED", null => "" };

    private string Number(double value)
    {
        var digits = Math.Abs(value) switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" };
        var number = value.ToString(digits, CultureInfo.InvariantCulture);
        return Unit.Length == 0 ? number : $"{number} {Unit}";
    }
}
