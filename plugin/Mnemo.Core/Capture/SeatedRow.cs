using Mnemo.State;

namespace Mnemo.Capture;

/// <summary>A waiting message that knows its sitting.</summary>
internal sealed record SeatedRow(OutboxRow Row, string Session);
