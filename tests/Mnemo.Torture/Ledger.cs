using System.Globalization;
using System.Text.Json.Nodes;

namespace Mnemo.Torture;

/// <summary>What was sent and what the program promised to have. Thread-safe: sending and reading run side by side.</summary>
internal sealed class Ledger(Random random)
{
    /// <summary>So many messages share a millisecond, so that ids collide and the next ordinal has to be taken.</summary>
    private const int SameMoment = 4000;

    private const int RepeatEvery = 9, QuestionEvery = 61, ClockEvery = 3;
    private static readonly DateTimeOffset Start = new(2024, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Places = ["Lyon", "Oslo", "Quito", "Hanoi", "Turin", "Porto"];
    private static readonly string[] Things = ["a kite", "a lamp", "a violin", "a bicycle", "a tent", "a samovar"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Utterance> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    public int Sent
    {
        get
        {
            lock (_gate) return _sent.Count;
        }
    }

    public int Acknowledged
    {
        get
        {
            lock (_gate) return _acknowledged.Count;
        }
    }

    /// <summary>A message that was never sent before; now and then with the words of an earlier one, or a question.</summary>
    public Utterance Next()
    {
        lock (_gate)
        {
            var number = _order.Count;
            var id = string.Create(CultureInfo.InvariantCulture, $"m{number}");
            var text = number % QuestionEvery == QuestionEvery - 1 ? $"Where did I buy {Pick(Things)} number {random.Next(number)}?"
                : number % RepeatEvery == RepeatEvery - 1 ? _sent[_order[random.Next(number)]].Text
                : $"In {Pick(Places)} I bought {Pick(Things)} number {number}.";
            DateTimeOffset? at = number % ClockEvery == 0 ? null : Start.AddMinutes(number / SameMoment);
            var utterance = new Utterance(id, text, at);
            _sent.Add(id, utterance);
            _order.Add(id);
            return utterance;
        }
    }

    /// <summary>What a careful client sends again after a crash: all that was not acknowledged, and a few that were.</summary>
    public IReadOnlyList<Utterance> ToRepeat(int known)
    {
        lock (_gate)
        {
            List<Utterance> again = [.. _order.Where(id => !_acknowledged.ContainsKey(id)).Select(id => _sent[id])];
            if (_order.Count > 0) again.AddRange(Enumerable.Range(0, known).Select(_ => _sent[_order[random.Next(_order.Count)]]));
            return again;
        }
    }

    public void Acknowledge(string id, string outcome)
    {
        lock (_gate)
        {
            // A repeated message is "already known"; what was said of it first is what counts.
            if (outcome == "already_known" && _acknowledged.ContainsKey(id)) return;
            _acknowledged[id] = outcome;
        }
    }

    /// <summary>Every acknowledged message with what was said of it.</summary>
    public IReadOnlyList<(Utterance Message, string Outcome)> Promises()
    {
        lock (_gate) return [.. _acknowledged.Select(a => (_sent[a.Key], a.Value))];
    }

    public Utterance? Find(string id)
    {
        lock (_gate) return _sent.GetValueOrDefault(id);
    }

    private string Pick(string[] among) => among[random.Next(among.Length)];
}

/// <summary>One message.</summary>
internal sealed record Utterance(string Id, string Text, DateTimeOffset? At)
{
    public bool IsQuestion => Text.EndsWith('?');

    public string ToLine()
    {
        var line = new JsonObject { ["id"] = Id, ["text"] = Text };
        if (At is { } at) line["at"] = at.ToString("O", CultureInfo.InvariantCulture);
        return line.ToJsonString();
    }
}
