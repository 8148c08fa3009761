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
        && (answer.Query.Scope.Subject == userId || answer.Result.Hits.Any(h => h.Memory.Speaker.Id == userId));

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

/// <summary>The question, what was found for it, and what of that was answered.</summary>
/// <param name="Query">The question.</param>
/// <param name="Result">What was found.</param>
/// <param name="Answered">Whether the bot answered from it, or said that it does not know.</param>
public sealed record LastAnswer(RecallQuery Query, RecallResult Result, bool Answered)
{
    /// <summary>Where it was asked.</summary>
    public string Conversation => Query.Scope.Conversation;
}
