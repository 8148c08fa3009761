using System.Buffers;
using System.Text.Json;

namespace Mnemo.Plugin.Local;

/// <summary>
/// Messages over a stream. Lines and pieces are bounded, so that no peer can make the other one hold more. Many may
/// write, one reads. A write is never cut off in its middle: what would end it closes the stream.
/// </summary>
internal sealed class MessageChannel(Stream stream, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>A line's greatest length.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>A piece's greatest length.</summary>
    public const int MaxDataBytes = 1 << 18;

    /// <summary>How long a peer may take to accept a message or to finish one that it has begun.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="ProtocolException">It is not one.</exception>
    /// <exception cref="IOException">The peer has gone in the middle of one.</exception>
    public async Task<LocalMessage?> ReadAsync(CancellationToken cancellation)
    {
        var searched = 0;
        int found;
        while ((found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (searched >= MaxLineBytes) throw new ProtocolException("the line is too long");
            if (await FillAsync(cancellation)) continue;
            return searched == 0 ? null : throw new PeerGoneException();
        }

        var line = _buffer.AsMemory(_start, searched + found);
        _start += searched + found + 1;
        return Parse(line.Span);
    }

    /// <summary>The bytes that follow a <see cref="LocalMessage.Data"/>.</summary>
    public async Task<byte[]> ReadDataAsync(LocalMessage.Data data, CancellationToken cancellation)
    {
        var bytes = new byte[data.Bytes];
        var had = Math.Min(bytes.Length, _end - _start);
        _buffer.AsSpan(_start, had).CopyTo(bytes);
        _start += had;
        using var limit = new CancellationTokenSource(StallLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await stream.ReadExactlyAsync(bytes.AsMemory(had), either.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new PeerGoneException(e);
        }

        return bytes;
    }

    /// <summary>Says something.</summary>
    /// <exception cref="PeerGoneException">Nobody takes it.</exception>
    public Task WriteAsync(LocalMessage message) => WriteAsync(message, ReadOnlyMemory<byte>.Empty);

    /// <summary>Hands a piece over, in as many messages as it needs.</summary>
    public async Task WriteDataAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, MaxDataBytes)];
            await WriteAsync(new LocalMessage.Data(piece.Length), piece);
            bytes = bytes[piece.Length..];
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task WriteAsync(LocalMessage message, ReadOnlyMemory<byte> data)
    {
        var line = new ArrayBufferWriter<byte>(256);
        await using (var json = new Utf8JsonWriter(line)) JsonSerializer.Serialize(json, message, LocalJson.Default.LocalMessage);
        line.Write("\n"u8);
        await _writing.WaitAsync();
        try
        {
            using var limit = new CancellationTokenSource(StallLimit, clock);
            await stream.WriteAsync(line.WrittenMemory, limit.Token);
            if (data.Length > 0) await stream.WriteAsync(data, limit.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await stream.DisposeAsync();
            throw new PeerGoneException(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            _end += read;
            return read > 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new PeerGoneException(e);
        }
    }

    private static LocalMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var message = JsonSerializer.Deserialize(line, LocalJson.Default.LocalMessage) ?? throw new ProtocolException("the line holds no message");
            return message is LocalMessage.Data { Bytes: < 1 or > MaxDataBytes } ? throw new ProtocolException("the piece has a wrong size") : message;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // The message of the exception may quote the line.
            throw new ProtocolException("the line is not a message");
        }
    }
}

/// <summary>The peer does not speak this protocol. Holds no text of what it said.</summary>
internal sealed class ProtocolException(string message) : Exception(message);

/// <summary>The peer has gone away, or takes nothing any more.</summary>
internal sealed class PeerGoneException(Exception? cause = null) : IOException("The other end of the socket has gone away.", cause);
