using System.Text.Json;

namespace Mnemo.Torture;

/// <summary>What an export says about the promises.</summary>
internal sealed record Verdict(int Memories, int Acknowledged, IReadOnlyList<string> Lost, IReadOnlyList<string> Doubled, IReadOnlyList<string> Wrong)
{
    public bool IsGood => Lost.Count + Doubled.Count + Wrong.Count == 0;

    /// <summary>Reads the exported lines as any other program would, without Mnemo's own reader.</summary>
    public static async Task<Verdict> ReadAsync(string path, Ledger ledger, CancellationToken cancellation)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        List<string> wrong = [];
        var memories = 0;
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
        {
            using var json = JsonDocument.Parse(line);
            if (!json.RootElement.TryGetProperty("sources", out var sources)) continue;
            memories++;
            if (sources.GetArrayLength() == 0) wrong.Add("a memory without a source");
            foreach (var source in sources.EnumerateArray())
            {
                var id = source.GetProperty("id").GetString()!;
                seen[id] = seen.GetValueOrDefault(id) + 1;
                if (ledger.Find(id) is not { } said) wrong.Add($"{id}: nobody said this");
                else if (said.IsQuestion) wrong.Add($"{id}: a question became a memory");
                else if (json.RootElement.GetProperty("text").GetString() != said.Text) wrong.Add($"{id}: kept with another text");
            }
        }

        var kept = ledger.Promises().Where(p => p.Outcome is "accepted" or "already_known" && !p.Message.IsQuestion).Select(p => p.Message.Id).ToList();
        wrong.AddRange(ledger.Promises().Where(p => p.Outcome is not ("accepted" or "already_known" or "question")).Select(p => $"{p.Message.Id}: answered with {p.Outcome}"));
        return new Verdict(memories, ledger.Acknowledged, [.. kept.Where(id => !seen.ContainsKey(id))], [.. seen.Where(s => s.Value > 1).Select(s => s.Key)], wrong);
    }
}
