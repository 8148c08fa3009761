namespace Mnemo.Backends.Faiss;

/// <summary>LiteDB's data file. Its pages change only after the log that can repair them is durable.</summary>
internal sealed class RecordDataStream(string path, RecordLog log) : Stream
{
    private const int PageBytes = 8192;
    private readonly FileStream _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    /// <summary>Whole pages only: LiteDB would crop the rest, and a damaged file shall stay as it is.</summary>
    public override long Length => _file.Length / PageBytes * PageBytes;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    /// <summary>
    /// Set while a transaction is brought in. At other times LiteDB writes only when it meets damage, to flag the file
    /// for a repair that is never wanted here: a damaged file shall stay as it is, so such a write is left out.
    /// </summary>
    public bool IsOpenForWrites { get; set; }

    /// <summary>Why nothing may be written any more; null while all is well.</summary>
    public string? Broken { get; private set; }

    /// <summary>How often it was synced.</summary>
    public long Syncs { get; private set; }

    public override int Read(byte[] buffer, int offset, int count) => _file.ReadAtLeast(buffer.AsSpan(offset, count), count, throwOnEndOfStream: false);

    public override void Write(byte[] buffer, int offset, int count)
    {
        ThrowIfBroken();
        if (!IsOpenForWrites) return;
        log.Persist();
        _file.Write(buffer, offset, count);
    }

    public override void Flush()
    {
        ThrowIfBroken();
        try
        {
            _file.Flush(flushToDisk: true);
            Syncs++;
        }
        catch (IOException e)
        {
            // After a failed sync nobody knows which pages the disk holds; the log does, at the next start.
            Broken = e.Message;
            throw;
        }
    }

    public override void SetLength(long value) => _file.SetLength(value);

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    /// <summary>Keeps an earlier failure in mind after the file was opened again.</summary>
    public void Break(string? reason) => Broken ??= reason;

    public void Release() => _file.Dispose();

    // LiteDB disposes streams that it shares out; Release closes the file.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2215", Justification = "Stays open until Release.")]
    protected override void Dispose(bool disposing)
    {
    }

    private void ThrowIfBroken()
    {
        if (Broken is not null) throw new IOException($"'{Path.GetFileName(path)}' cannot be written any more since a sync failed ({Broken}); restart, so that its log repairs it.");
    }
}
