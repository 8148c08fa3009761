namespace Mnemo.Privacy;

/// <summary>What a forgetting would take away.</summary>
/// <param name="Memories">Memories in the store.</param>
/// <param name="Waiting">Messages that are not made into memories yet.</param>
/// <param name="Messages">Messages that the control state knows of.</param>
/// <param name="Conversations">Conversations they took part in.</param>
public sealed record ErasurePlan(long Memories, long Waiting, long Messages, long Conversations);

/// <summary>How far a forgetting is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Memories erased so far.</param>
/// <param name="Total">Memories to erase.</param>
public sealed record ErasureProgress(ErasureStage Stage, long Done, long Total);

/// <summary>The steps of a forgetting, in order.</summary>
public enum ErasureStage
{
    /// <summary>Waiting messages are taken away, memories and their words erased.</summary>
    Memories,

    /// <summary>The control state and further places are cleaned.</summary>
    Traces,

    /// <summary>Files are rewritten, so that no deleted byte is left.</summary>
    Purge,

    /// <summary>Nothing is left to do.</summary>
    Done,
}

/// <summary>The proof of a forgetting. It names the person by a salted hash only.</summary>
/// <param name="Number">Its number in the deletion ledger.</param>
/// <param name="WhoHash">Salted SHA-256 of the person's id.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="FinishedAt">When the last byte was gone.</param>
/// <param name="Places">What was erased and what a second look still found, place by place.</param>
public sealed record ErasureReceipt(long Number, string WhoHash, DateTimeOffset RequestedAt, DateTimeOffset FinishedAt, IReadOnlyList<ErasedPlace> Places)
{
    /// <summary>Whether the second look found nothing anywhere.</summary>
    public bool IsClean => Places.All(place => place.Left == 0);
}

/// <summary>One place of a receipt.</summary>
/// <param name="Name">The place: <c>store</c>, <c>outbox</c>, <c>messages</c>, ….</param>
/// <param name="Erased">How many entries were erased.</param>
/// <param name="Left">How many a second look found; 0 when all is well.</param>
public sealed record ErasedPlace(string Name, long Erased, long Left)
{
    /// <summary>What the bytes in its files still wait for, a key of the texts; null when they are gone.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Pending { get; init; }
}

/// <summary>A place outside store and control state that also has to forget, such as a history file.</summary>
/// <param name="Name">Its name on the receipt.</param>
/// <param name="Erase">Erases, and tells how many entries there were. May be called again after a crash.</param>
/// <param name="Count">Counts what is there.</param>
public sealed record ErasureTarget(string Name, Func<PersonKey, CancellationToken, Task<long>> Erase, Func<PersonKey, CancellationToken, Task<long>> Count);
