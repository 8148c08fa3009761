using System.Globalization;
using System.Text;
using System.Text.Json;
using Mnemo.Memories;

namespace Mnemo.Host.Demo;

/// <summary>A sample chat and what is asked about it: the first line of the file says who asks what, each other line is a message.</summary>
internal sealed record DemoScript
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public required string Guild { get; init; }

    public required string Channel { get; init; }

    /// <summary>Who asks after the restart.</summary>
    public required string Asker { get; init; }

    public required IReadOnlyList<string> Questions { get; init; }

    /// <summary>The question whose answer is explained.</summary>
    public required string Why { get; init; }

    public required string Stranger { get; init; }

    public required string StrangerGuild { get; init; }

    public required string StrangerChannel { get; init; }

    /// <summary>The member who wants to be forgotten.</summary>
    public required string Forgets { get; init; }

    /// <summary>The question that nobody can answer once that member is forgotten.</summary>
    public required string Secret { get; init; }

    /// <summary>Who asks it.</summary>
    public required string Witness { get; init; }

    /// <summary>Words that only the forgotten member has said.</summary>
    public required IReadOnlyList<string> Canaries { get; init; }

    public IReadOnlyList<DemoMessage> Messages { get; init; } = [];

    /// <summary>The sample chat in a language, with its messages placed in the days before <paramref name="now"/>.</summary>
    public static DemoScript Read(string language, DateTimeOffset now)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "assets", "demo", language + ".jsonl"), Encoding.UTF8);
        var script = JsonSerializer.Deserialize<DemoScript>(lines[0], Options)!;
        return script with { Messages = [.. lines.Skip(1).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize<Line>(l, Options)!.At(now))] };
    }

    /// <summary>A person of the sample chat.</summary>
    public static Speaker Person(string name) => new(name.ToLowerInvariant(), name);

    private sealed record Line(int DaysAgo, string Time, string Speaker, string Text)
    {
        public DemoMessage At(DateTimeOffset now)
        {
            var at = TimeOnly.ParseExact(Time, "HH:mm", CultureInfo.InvariantCulture);
            return new DemoMessage(new DateTimeOffset(now.Date.AddDays(-DaysAgo).Add(at.ToTimeSpan()), now.Offset), Person(Speaker), Text);
        }
    }
}

/// <summary>A message of the sample chat.</summary>
/// <param name="At">When it was said.</param>
/// <param name="Speaker">Who said it.</param>
/// <param name="Text">What was said.</param>
internal sealed record DemoMessage(DateTimeOffset At, Speaker Speaker, string Text);
