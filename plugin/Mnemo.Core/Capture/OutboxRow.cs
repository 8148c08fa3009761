namespace Mnemo.Capture;

/// <summary>A message that waits to be made into a memory.</summary>
/// <param name="Sequence">Its place in the order of arrival.</param>
/// <param name="Message">The message; a question comes without its text.</param>
/// <param name="IsQuestion">Whether it only counts as a message of its session.</param>
/// <param name="QueuedAt">When it arrived.</param>
public sealed record OutboxRow(long Sequence, ChatMessage Message, bool IsQuestion, DateTimeOffset QueuedAt)
{
    /// <summary>The session that it belongs to; empty until one was assigned.</summary>
    public string Session { get; init; } = "";

    /// <summary>The time to sort it by: when it was said, else when it arrived.</summary>
    public DateTimeOffset At => Message.At ?? QueuedAt;
}

/// <summary>A waiting message whose memories are in the store.</summary>
/// <param name="Row">The row, with its session.</param>
/// <param name="Created">How many new memories came of it; 0 when it collapsed into an older one.</param>
public sealed record CompletedRow(OutboxRow Row, int Created);

/// <summary>What the outbox has done and what holds it up.</summary>
/// <param name="Pending">Messages that wait.</param>
/// <param name="Failed">Messages that could not be stored and are kept for another try.</param>
/// <param name="LastStoredAt">When a message was last stored.</param>
/// <param name="StoredTotal">Memories made since the beginning.</param>
/// <param name="LastProblem">Why storing failed last; holds no message text.</param>
/// <param name="LastProblemAt">When that was.</param>
public sealed record OutboxStatus(long Pending, long Failed, DateTimeOffset? LastStoredAt, long StoredTotal, string? LastProblem, DateTimeOffset? LastProblemAt);
