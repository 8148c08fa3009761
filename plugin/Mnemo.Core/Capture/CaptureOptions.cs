namespace Mnemo.Capture;

/// <summary>How messages are gathered.</summary>
/// <param name="NumPairs">A window is full after twice as many messages.</param>
/// <param name="IdleMs">A pause after which a window is closed and a new session begins; −1 = never.</param>
/// <param name="BatchRows">How many messages are made into memories at a time.</param>
/// <param name="OutboxLimit">How many messages may wait before new ones have to.</param>
/// <param name="MaxMessageLength">How many characters a message may have; a longer one is refused as a whole.</param>
public sealed record CaptureOptions(
    int NumPairs = 10, int IdleMs = 3_600_000, int BatchRows = 256, int OutboxLimit = 100_000, int MaxMessageLength = CaptureOptions.DefaultMaxMessageLength)
{
    /// <summary>Far more than any chat platform sends, and far less than what would take long to read.</summary>
    public const int DefaultMaxMessageLength = 20_000;
}
