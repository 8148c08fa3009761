namespace Mnemo.Transfer;

/// <summary>Cuts a stream of bytes into lines without copying them; a line is valid until the next one is asked for.</summary>
internal sealed class LineReader(Stream stream, int maxLineBytes)
{
    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>The number of the last line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Bytes given so far, line ends included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the last line was over the limit; it came back empty then.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The next line, without its end; null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation)
    {
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0) return Take(searched + found, endLength: 1);
            if (_isAtEnd && _end == _start && !IsTooLong) return null;
            if (_isAtEnd) return Take(_end - _start, endLength: 0);
            searched = _end - _start;
            if (searched > maxLineBytes)
            {
                // What is known to be too long need not be kept.
                IsTooLong = true;
                Bytes += searched;
                _start = _end;
                searched = 0;
            }

            await FillAsync(cancellation);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int endLength)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + endLength;
        Bytes += length + endLength;
        Number++;
        IsTooLong |= length > maxLineBytes;
        if (IsTooLong) return ReadOnlyMemory<byte>.Empty;
        if (Number == 1 && line.Span.StartsWith("\uFEFF"u8)) line = line["\uFEFF"u8.Length..];
        return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        // A pipe or a terminal does not look at the token while it waits; the reading is left behind then, and the buffer with it.
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation).AsTask().WaitAsync(cancellation);
        _end += read;
        _isAtEnd = read == 0;
    }
}
