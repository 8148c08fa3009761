namespace Mnemo.Storage;

/// <summary>
/// Whether a store answers. It opens when a call has failed for good because the store is away, and closes at the first
/// answer. While it is open, what a person waits for is tried once a second only; everything else tries as it likes.
/// </summary>
public sealed class StoreCircuit(TimeProvider clock)
{
    private const int ProbeMs = 1000;

    private readonly Lock _gate = new();
    private DateTimeOffset? _openedAt;
    private DateTimeOffset _probedAt;

    /// <summary>Whether the store is away.</summary>
    public bool IsOpen => OpenedAt is not null;

    /// <summary>Since when; null while it answers.</summary>
    public DateTimeOffset? OpenedAt
    {
        get
        {
            lock (_gate) return _openedAt;
        }
    }

    /// <summary>Whether a person's call should be tried.</summary>
    internal bool Admits()
    {
        lock (_gate)
        {
            if (_openedAt is null) return true;
            var now = clock.GetUtcNow();
            if (now - _probedAt < TimeSpan.FromMilliseconds(ProbeMs)) return false;
            _probedAt = now;
            return true;
        }
    }

    internal void Answered()
    {
        lock (_gate) _openedAt = null;
    }

    internal void Failed()
    {
        lock (_gate)
        {
            _probedAt = clock.GetUtcNow();
            _openedAt ??= _probedAt;
        }
    }
}
