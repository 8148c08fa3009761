using Mnemo.Memories;

namespace Mnemo.Capture;

/// <summary>A message as every platform's adapter hands it over.</summary>
/// <param name="Id">The platform's message id, unique within the platform.</param>
/// <param name="Scope">Where it was said; its subject is the author.</param>
/// <param name="Speaker">The author.</param>
/// <param name="Text">What was said.</param>
/// <param name="At">When; null when the source does not know.</param>
public sealed record ChatMessage(string Id, MemoryScope Scope, Speaker Speaker, string Text, DateTimeOffset? At)
{
    /// <summary>A link that jumps to the message; empty where the platform has none.</summary>
    public string Link { get; init; } = "";

    /// <summary>The session, when the source knows it (imports, evaluation); empty lets the session tracker decide.</summary>
    public string Session { get; init; } = "";

    /// <summary>Whether the bot is spoken to: a mention, a reply to it, or a private chat.</summary>
    public bool IsToBot { get; init; }

    /// <summary>Whether its author asked outright for it to be remembered: it is kept as it stands, pinned, whatever it reads like.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Whether a bot wrote it. Such text is never captured.</summary>
    public bool IsFromBot { get; init; }
}

/// <summary>What became of a message at the door.</summary>
/// <param name="Outcome">The decision.</param>
/// <param name="Sequence">The outbox row, for <see cref="IntakeOutcome.Accepted"/>.</param>
public sealed record IntakeReceipt(IntakeOutcome Outcome, long Sequence = 0)
{
    /// <summary>How many characters the message has, for <see cref="IntakeOutcome.TooLong"/>.</summary>
    public int Length { get; init; }

    /// <summary>How many it may have, for <see cref="IntakeOutcome.TooLong"/>.</summary>
    public int Limit { get; init; }

    /// <summary>Whether the message was turned away for what it is: it is not answered either.</summary>
    public bool IsRefused => Outcome is IntakeOutcome.TooLong or IntakeOutcome.NotText;
}

/// <summary>The decision about a message. All but the first two keep nothing of it.</summary>
public enum IntakeOutcome
{
    /// <summary>Durable in the outbox; a memory will be made of it.</summary>
    Accepted,

    /// <summary>It had been accepted before.</summary>
    AlreadyKnown,

    /// <summary>A bot wrote it.</summary>
    FromBot,

    /// <summary>Nothing but blanks.</summary>
    Empty,

    /// <summary>A question to the bot: nothing to remember.</summary>
    Question,

    /// <summary>The author has switched remembering off.</summary>
    PrivacyOff,

    /// <summary>The bot was told not to listen in that conversation.</summary>
    NotListening,

    /// <summary>It has more characters than a message may have.</summary>
    TooLong,

    /// <summary>It holds U+0000 or half of a surrogate pair, which no store keeps.</summary>
    NotText,
}
