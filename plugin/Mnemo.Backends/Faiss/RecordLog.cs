using System.Buffers.Binary;
using System.IO.Hashing;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// LiteDB's log, kept in memory until a checkpoint needs it and then written at once, with a checksum, and synced
/// before the first page of the data file changes. LiteDB itself neither orders these two writes nor notices a torn
/// log, and a failed write of its log thread makes it hang; here the failure surfaces in the thread that commits.
/// The file: letters MNEMOLOG, length:int64, XxHash3:uint64, then LiteDB's pages.
/// </summary>
internal sealed class RecordLog : MemoryStream
{
    private const int HeaderBytes = 24;
    private readonly FileStream _file;
    private bool _durable;

    public RecordLog(string path)
    {
        var isNew = !File.Exists(path);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (isNew) DurableFile.FlushDirectory(Path.GetDirectoryName(path)!);
        Load();
    }

    /// <summary>How often it was synced.</summary>
    public long Syncs { get; private set; }

    /// <summary>Why nothing may be written any more; null while all is well.</summary>
    public string? Broken { get; private set; }

    /// <summary>Called before the data file changes.</summary>
    public void Persist()
    {
        if (_durable || Length == 0) return;
        var content = GetBuffer().AsSpan(0, (int)Length);
        Span<byte> header = stackalloc byte[HeaderBytes];
        "MNEMOLOG"u8.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], XxHash3.HashToUInt64(content));
        _file.Position = 0;
        _file.Write(header);
        _file.Write(content);
        Sync();
        Syncs++;
        _durable = true;
    }

    public override void SetLength(long value)
    {
        base.SetLength(value);
        _durable = false;
        if (value == 0)
        {
            _file.SetLength(0);
            const int kept = 8 << 20;
            if (Capacity > kept) Capacity = kept;
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        base.Write(buffer, offset, count);
        _durable = false;
    }

    public override void Flush()
    {
    }

    // LiteDB disposes streams that it shares out; Release closes the file.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2215", Justification = "Stays open until Release.")]
    protected override void Dispose(bool disposing)
    {
    }

    public void Release() => _file.Dispose();

    private void Sync()
    {
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            // The cache would give back at the next start what the disk may never have got.
            Broken = e.Message;
            _file.SetLength(0);
            throw;
        }
    }

    private void Load()
    {
        var header = new byte[HeaderBytes];
        if (_file.Length <= HeaderBytes || _file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes) return;
        var length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8));
        if (!header.AsSpan(0, 8).SequenceEqual("MNEMOLOG"u8) || length <= 0 || length > _file.Length - HeaderBytes || length > int.MaxValue) return;
        var content = new byte[length];
        _file.ReadExactly(content);

        // A log whose checksum is wrong was torn while it was written: the data file had not been touched yet.
        if (XxHash3.HashToUInt64(content) != BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16))) return;
        base.Write(content, 0, content.Length);
        Position = 0;
        _durable = true;
    }
}
