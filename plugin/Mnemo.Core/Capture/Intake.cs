using Mnemo.Memories;
using Mnemo.State;

namespace Mnemo.Capture;

/// <summary>
/// The door of the memory. Decides whether a message is kept at all; what is kept is on the disk before the task
/// completes, and costs one sync. Waits when too many messages wait already.
/// </summary>
public sealed class Intake(Outbox outbox, PrivacySettings privacy, ChannelSettings channels, int maxMessageLength = CaptureOptions.DefaultMaxMessageLength)
{
    /// <summary>How many characters a message may have.</summary>
    public int MaxMessageLength => maxMessageLength;

    /// <summary>Why a text is refused, whoever says it; null when it is not. Takes no longer for a text without end than for a long one.</summary>
    public IntakeReceipt? Refuse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // A character beyond the first plane is two chars, of which one is counted.
        var length = text.Length <= maxMessageLength ? text.Length : text.Length - text.Count(char.IsLowSurrogate);
        if (length > maxMessageLength) return new IntakeReceipt(IntakeOutcome.TooLong) { Length = length, Limit = maxMessageLength };
        return PortableRecord.IsText(text) ? null : new IntakeReceipt(IntakeOutcome.NotText);
    }

    /// <summary>Takes a message, or says why not. Of what a bot wrote, of blanks, of people who opted out and of conversations where the bot does not listen nothing is kept, not even that it came.</summary>
    public Task<IntakeReceipt> AcceptAsync(ChatMessage message, CancellationToken cancellation) => AcceptAsync(message, MessageClass.Of(message), cancellation);

    /// <summary>The same for whoever has classified the message already.</summary>
    public async Task<IntakeReceipt> AcceptAsync(ChatMessage message, MessageClass kind, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(kind);
        if (message.IsFromBot) return new IntakeReceipt(IntakeOutcome.FromBot);
        if (string.IsNullOrWhiteSpace(message.Text)) return new IntakeReceipt(IntakeOutcome.Empty);
        if (Refuse(message.Text) is { } refused) return refused;
        if (!IsText(message)) return new IntakeReceipt(IntakeOutcome.NotText);
        if (!await channels.ListensAsync(message.Scope.Conversation, cancellation)) return new IntakeReceipt(IntakeOutcome.NotListening);
        if (await privacy.GetAsync(message.Scope.Platform, message.Speaker.Id, cancellation) != PrivacyMode.On) return new IntakeReceipt(IntakeOutcome.PrivacyOff);
        return await outbox.EnqueueAsync(message, kind.IsOnlyQuestion, cancellation);
    }

    private static bool IsText(ChatMessage message) => PortableRecord.IsText(message.Id) && PortableRecord.IsText(message.Speaker.Id)
        && PortableRecord.IsText(message.Speaker.Name) && PortableRecord.IsText(message.Link) && PortableRecord.IsText(message.Session);
}
