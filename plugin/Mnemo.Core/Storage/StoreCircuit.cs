namespace Mnemo.Storage;

/// <summary>
/// Whether a store answers. It opens when a read has failed for good because the store is away, and closes at the first
/// answer: a write may hang while every read is answered, so it opens nothing. While it is open, what a person waits for
/// is tried once a second only, the calls of one question together; everything else tries as it likes.
/// </summary>
public sealed class StoreCircuit(TimeProvider clock)
{
    private const int ProbeMs = 1000, TogetherMs = 100;

    private readonly Lock _gate = new();
    private DateTimeOffset? _openedAt;
    private DateTimeOffset _probedAt;
    private bool _isProbing;

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
            var since = now - _probedAt;
            if (since < TimeSpan.FromMilliseconds(ProbeMs)) return _isProbing && since < TimeSpan.FromMilliseconds(TogetherMs);
            (_probedAt, _isProbing) = (now, true);
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
            (_probedAt, _isProbing) = (clock.GetUtcNow(), false);
            _openedAt ??= _probedAt;
        }
    }
}
