using System.Buffers;
using System.Text.Json;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Transfer;

/// <summary>Writes memories as lines of JSON, in the order of their ids, at constant memory.</summary>
public sealed class JsonlExporter(MemoryManager stores)
{
    private const int FlushBytes = 1 << 20, RowsPerLease = 10_000, RowsPerReport = 1000;

    /// <summary>Writes to what the path names; see <see cref="ExportTarget"/>.</summary>
    public Task<ExportReport> ExportAsync(string path, MemoryFilter filter, IProgress<TransferProgress>? progress, CancellationToken cancellation)
        => ExportTarget.WriteAsync(path, stream => WriteAsync(stream, filter, progress, cancellation), cancellation);

    /// <summary>Writes to a stream.</summary>
    public async Task<ExportReport> WriteAsync(Stream stream, MemoryFilter filter, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new ArrayBufferWriter<byte>(FlushBytes + (FlushBytes / 4));
        await using var json = new Utf8JsonWriter(buffer, MemoryJson.WriterOptions);
        var (memories, bytes, damaged) = (0L, 0L, 0L);
        MemoryId? after = null;
        bool hasMore;
        do
        {
            // The lease is given back from time to time, so that a long export does not hold up a swap of the store.
            hasMore = false;
            using var lease = await stores.LeaseAsync(cancellation);
            var rows = 0;
            await foreach (var row in lease.Store.ScanAsync(new ScanQuery(filter) { After = after }, cancellation))
            {
                after = row.Id;
                damaged += row.IsWhole ? 0 : 1;
                if (row.Memory is not { } memory) continue;
                MemoryJson.Write(json, memory);
                json.Reset();
                buffer.Write("\n"u8);
                memories++;
                if (buffer.WrittenCount >= FlushBytes) bytes += await FlushAsync(buffer, stream, cancellation);
                if (memories % RowsPerReport == 0) progress?.Report(new TransferProgress(memories, memories, 0, bytes));
                hasMore = ++rows == RowsPerLease;
                if (hasMore) break;
            }
        }
        while (hasMore);

        bytes += await FlushAsync(buffer, stream, cancellation);
        progress?.Report(new TransferProgress(memories, memories, 0, bytes));
        return new ExportReport(memories, bytes, damaged);
    }

    private static async Task<int> FlushAsync(ArrayBufferWriter<byte> buffer, Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(buffer.WrittenMemory, cancellation);
        var written = buffer.WrittenCount;
        buffer.ResetWrittenCount();
        return written;
    }
}
