namespace Mnemo.Transfer;

/// <summary>Counts of an import; the parser and the writer both add to it.</summary>
/// <param name="namedLines">How many bad lines are named.</param>
internal sealed class ImportTally(int namedLines)
{
    private const int TriedBeforeJudging = 20;

    private readonly Lock _gate = new();
    private readonly List<BadLine> _badLines = [];
    private long _read;
    private long _stored;
    private long _present;
    private long _embedded;
    private long _forgotten;
    private long _bad;
    private bool _isHopeless;

    /// <summary>More than half of at least twenty lines were bad.</summary>
    public bool IsHopeless
    {
        get
        {
            lock (_gate) return _isHopeless;
        }
    }

    public void AddRead()
    {
        lock (_gate) _read++;
    }

    public void AddBad(long line, string reason)
    {
        lock (_gate)
        {
            _read++;
            Name(line, reason);
            _isHopeless |= _read >= TriedBeforeJudging && _bad * 2 > _read;
        }
    }

    /// <summary>A line that was read well, but the store refused it. Judged by what was tried, since reading is ahead of storing.</summary>
    public void AddRefused(long line, string reason)
    {
        lock (_gate)
        {
            Name(line, reason);
            var tried = _stored + _bad;
            _isHopeless |= tried >= TriedBeforeJudging && _bad * 2 > tried;
        }
    }

    /// <summary>Lines whose memories are stored, and how many of those were there before the line came.</summary>
    public void AddStored(int count, int present)
    {
        lock (_gate)
        {
            _stored += count;
            _present += present;
        }
    }

    public void AddEmbedded(int count)
    {
        lock (_gate) _embedded += count;
    }

    public void AddForgotten(int count)
    {
        lock (_gate) _forgotten += count;
    }

    public TransferProgress Progress(long bytes)
    {
        lock (_gate) return new TransferProgress(_read, _stored, _bad, bytes);
    }

    public ImportReport Report()
    {
        lock (_gate) return new ImportReport(_read, _stored, _present, _embedded, _forgotten, _bad, [.. _badLines.OrderBy(b => b.Number)], _isHopeless);
    }

    private void Name(long line, string reason)
    {
        _bad++;
        if (_badLines.Count < namedLines) _badLines.Add(new BadLine(line, reason));
    }
}
