using Mnemo.Memories;
using Mnemo.Recall;

namespace Mnemo.Plugin.Commands;

/// <summary>What the last answer in each conversation was made of, for <c>why</c>. In memory only, the oldest conversations are dropped.</summary>
public sealed class LastAnswers
{
    private const int Kept = 256;
    private readonly Lock _gate = new();
    private readonly LinkedList<LastAnswer> _answers = [];

    /// <summary>Keeps what an answer was made of.</summary>
    public void Keep(LastAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (_gate)
        {
            Remove(a => a.Conversation == answer.Conversation);
            _answers.AddFirst(answer);
            if (_answers.Count > Kept) _answers.RemoveLast();
        }
    }

    /// <summary>The last answer there; null when there was none yet.</summary>
    public LastAnswer? Of(string conversation)
    {
        lock (_gate) return _answers.FirstOrDefault(a => a.Conversation == conversation);
    }

    /// <summary>Drops the last answer there: its question was said there too.</summary>
    public void Forget(string conversation)
    {
        lock (_gate) Remove(a => a.Conversation == conversation);
    }

    /// <summary>Drops every answer that was made for this person or from their words; returns how many.</summary>
    public long Forget(string platform, string userId)
    {
        lock (_gate) return Remove(a => Concerns(a, platform, userId));
    }

    /// <summary>How many such answers there are.</summary>
    public long Count(string platform, string userId)
    {
        lock (_gate) return _answers.LongCount(a => Concerns(a, platform, userId));
    }

    private static bool Concerns(LastAnswer answer, string platform, string userId) => answer.Query.Scope.Platform == platform
        && (answer.Query.Scope.Subject == userId || answer.Evidence.Any(e => e.SpeakerId == userId));

    private long Remove(Func<LastAnswer, bool> which)
    {
        var removed = 0;
        for (var node = _answers.First; node is not null;)
        {
            var next = node.Next;
            if (which(node.Value))
            {
                _answers.Remove(node);
                removed++;
            }

            node = next;
        }

        return removed;
    }
}

/// <summary>
/// The question, and which memories were found for it with what scores. Their text is not kept: whoever explains the
/// answer reads them again, so that what was deleted or silenced since is not shown.
/// </summary>
/// <param name="Query">The question.</param>
/// <param name="Evidence">What was found, best first.</param>
/// <param name="Confidence">How well the best of it covers the question.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="Told">The memory that was answered with; null when the bot said that it does not know.</param>
public sealed record LastAnswer(RecallQuery Query, IReadOnlyList<Evidence> Evidence, float Confidence, DateTimeOffset AskedAt, MemoryId? Told)
{
    /// <summary>Where it was asked.</summary>
    public string Conversation => Query.Scope.Conversation;

    /// <summary>Takes down what is worth keeping of an answer.</summary>
    public static LastAnswer Of(RecallQuery query, RecallResult result, AnswerPick? pick)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new LastAnswer(query, [.. result.Hits.Select(h => new Evidence(h))], result.Confidence, result.AskedAt, pick?.Memory.Id);
    }
}

/// <summary>A memory that was found, without its text.</summary>
public sealed class Evidence
{
    private readonly RecallHit _scores;

    /// <summary>Keeps the scores of a hit, and who said it.</summary>
    public Evidence(RecallHit hit)
    {
        ArgumentNullException.ThrowIfNull(hit);
        // The memory itself is let go, and with it its text.
        (Id, SpeakerId, _scores) = (hit.Memory.Id, hit.Memory.Speaker.Id, hit with { Memory = null! });
    }

    /// <summary>The memory's id.</summary>
    public MemoryId Id { get; }

    /// <summary>Who said it.</summary>
    public string SpeakerId { get; }

    /// <summary>The hit as it was, with the memory as it is now.</summary>
    public RecallHit With(Memory memory) => _scores with { Memory = memory };
}
