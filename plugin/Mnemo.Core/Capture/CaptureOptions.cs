namespace Mnemo.Capture;

/// <summary>How messages are gathered.</summary>
/// <param name="NumPairs">A window is full after twice as many messages.</param>
/// <param name="IdleMs">A pause after which a window is closed and a new session begins; −1 = never.</param>
/// <param name="BatchRows">How many messages are made into memories at a time.</param>
/// <param name="OutboxLimit">How many messages may wait before new ones have to.</param>
public sealed record CaptureOptions(int NumPairs = 10, int IdleMs = 3_600_000, int BatchRows = 256, int OutboxLimit = 100_000);
