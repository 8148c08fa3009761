using System.Numerics.Tensors;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Text;

namespace Mnemo.Recall;

/// <summary>
/// One order for what the text index and the vectors found, the same on every backend. The best words of the question count 1; all
/// other shares are measured against that.
/// </summary>
internal sealed class Ranking(RecallQuery query, RecallOptions options, TextResult found, ReadOnlyMemory<float> vector, DateTimeOffset askedAt)
{
    /// <summary>What a word counts that stands in the question which a memory answered.</summary>
    private const float AnsweredShare = 0.8f;

    private readonly Dictionary<MemoryId, TextHit> _hits = found.Hits.ToDictionary(h => h.Id);
    private readonly float _best = found.Hits.Count == 0 ? 1 : Math.Max(1e-6f, found.Hits.Max(h => h.Score));
    private readonly float[] _says = [.. found.Terms.Select(t => t.Weight * t.Share)];
    private readonly MemoryFilter _visible = query.Scope.Visible();

    /// <summary>The memories worth telling, best first.</summary>
    public RecallResult Rank(IEnumerable<Memory> memories)
    {
        var hits = memories.Where(IsValid).Select(Score)
            .Where(h => h.Text > 0 || h.Similarity >= options.SimilarityFloor)
            .OrderByDescending(h => h.Score).ThenBy(h => h.Memory.Id).Take(query.Top).ToList();
        return hits.Count == 0 ? RecallResult.Empty : new RecallResult(hits, hits.Take(5).Max(h => h.Coverage)) { AskedAt = askedAt };
    }

    private bool IsValid(Memory memory) => _visible.Matches(memory)
        && memory.SupersededBy is null && (memory.ValidTo is not { } end || end > askedAt)
        && (query.Before is not { } before || memory.At < before);

    private RecallHit Score(Memory memory)
    {
        var hit = _hits.GetValueOrDefault(memory.Id);
        // Computed here for all of them, because backends differ in the last bits of theirs and the order must not.
        var similarity = !vector.IsEmpty && memory.Vector.Length == vector.Length ? TensorPrimitives.CosineSimilarity(memory.Vector.Span, vector.Span) : 0;
        if (float.IsNaN(similarity)) similarity = 0;
        var share = hit is null ? 0 : hit.Score / _best;
        var asker = query.Asker is { } who && who.Id == memory.Speaker.Id ? found.AskerWeight : 0;
        var named = hit is { IsNamed: true } ? options.TextSearch.NamedWeight : 0;
        var days = Math.Max(0, (askedAt - memory.At).TotalDays);
        var recency = options.RecencyWeight * MathF.Pow(2, -(float)days / options.RecencyHalfLifeDays);
        var score = share + asker + named + options.CosineWeight * similarity + recency;
        return new RecallHit(memory, score, share, similarity, asker, named, recency, Coverage(hit));
    }

    // The speaker's name in the question says whose memory is meant, not what it must say.
    private float Coverage(TextHit? hit)
    {
        if (hit is null) return 0;
        var named = hit.HeldByName.Concat(AroundName(hit)).Except(hit.Held).Sum(t => _says[t]);
        var asked = _says.Sum() - named;
        var held = hit.Held.Sum(t => _says[t]) + hit.HeldByQuestion.Except(hit.Held).Except(hit.HeldByName).Sum(t => _says[t]) * AnsweredShare;
        return asked <= 0 ? 0 : Math.Min(1, held / asked);
    }

    // Chinese has no blanks: of "林姐对什么过敏", 林 and 姐 are parts of a name and "姐对" is no word, only a name's end and what follows.
    private IEnumerable<int> AroundName(TextHit hit)
    {
        var name = string.Concat(hit.HeldByName.Select(t => found.Terms[t].Text).Where(t => Tokens.IsIdeographic(t[0])));
        return name.Length == 0 ? [] : Enumerable.Range(0, found.Terms.Count).Except(hit.HeldByName).Where(t =>
            found.Terms[t].Text is var term && (term.All(name.Contains) || (found.Terms[t].Rows == 0 && term.Any(name.Contains))));
    }
}
