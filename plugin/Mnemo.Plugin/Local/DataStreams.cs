using System.Threading.Channels;

namespace Mnemo.Plugin.Local;

/// <summary>Hands over what is written to it as pieces.</summary>
internal sealed class DataWriteStream(MessageChannel channel) : OneWayStream
{
    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await channel.WriteDataAsync(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// Gives the pieces of a file to whoever reads it. Each one that is used up is a credit for the next, so the peer is
/// always listened to: nothing that it says waits behind data that nobody has read yet.
/// </summary>
internal sealed class DataReadStream(MessageChannel channel) : OneWayStream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(LocalMessage.Window) { SingleReader = true, SingleWriter = true });
    private ReadOnlyMemory<byte> _current;

    public override bool CanRead => true;

    /// <summary>A piece has come.</summary>
    /// <exception cref="ProtocolException">It had no credit, or came after the end.</exception>
    public void Add(byte[] piece)
    {
        if (!_pieces.Writer.TryWrite(piece)) throw new ProtocolException("more data than was asked for");
    }

    /// <summary>No more will come; with a failure, the file is not whole.</summary>
    public void Complete(Exception? failure) => _pieces.Writer.TryComplete(failure);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (_current.IsEmpty)
        {
            if (!await _pieces.Reader.WaitToReadAsync(cancellationToken)) return 0;
            if (!_pieces.Reader.TryRead(out var piece)) continue;
            _current = piece;
            await channel.WriteAsync(new LocalMessage.More());
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current.Span[..count].CopyTo(buffer.Span);
        _current = _current[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}

/// <summary>What both directions have in common: no place, no length, no waiting on a thread.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
