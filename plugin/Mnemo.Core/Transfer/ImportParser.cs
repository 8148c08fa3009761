using System.IO.Hashing;
using System.Threading.Channels;
using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>The reading half of an import: lines to batches of memories, ahead of the writer by a few batches at most.</summary>
internal sealed class ImportParser(Stream stream, ImportOptions options, EmbeddingFingerprint fingerprint, TimeProvider clock, ImportTally tally)
{
    private const int MaxLineBytes = 16 << 20;

    public async Task RunAsync(ChannelWriter<ImportBatch> batches, CancellationToken cancellation)
    {
        try
        {
            var reader = new LineReader(stream, MaxLineBytes);
            var batch = new ImportBatch();
            while (!tally.IsHopeless && await reader.NextAsync(cancellation) is { } line)
            {
                if (reader.Number == 1 && IsUtf16(line.Span)) throw new ImportException("The input is UTF-16, not UTF-8; nothing was stored. Convert it first: iconv -f UTF-16 -t UTF-8.");
                if (reader.IsTooLong) tally.AddBad(reader.Number, $"the line is longer than {MaxLineBytes >> 20} MiB");
                else if (line.Span.ContainsAnyExcept(" \t"u8) && TryRead(line.Span, reader.Number) is { } read) batch.Lines.Add(read);
                batch.Bytes = reader.Bytes;
                if (batch.Lines.Count < options.BatchRows) continue;
                await batches.WriteAsync(batch, cancellation);
                batch = new ImportBatch();
            }

            if (batch.Lines.Count > 0) await batches.WriteAsync(batch, cancellation);
            batches.Complete();
        }
        catch (Exception e)
        {
            batches.Complete(e);
        }
    }

    // By its byte order mark, or by the zero beside the brace that an object begins with.
    private static bool IsUtf16(ReadOnlySpan<byte> line) => line is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [(byte)'{', 0, ..] or [0, (byte)'{', ..];

    private ImportedLine? TryRead(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var read = MemoryLine.Read(line);
            if (read.Vector.Length > 0 && read.Embedding is { } declared && declared.Dimension != read.Vector.Length)
                throw new FormatException($"the vector has {read.Vector.Length} floats, its embedding says {declared.Dimension}");
            var recorded = read.RecordedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var memory = read.ToMemory(read.Id ?? NewId(read, line), recorded, read.Embedding ?? fingerprint, Trust.Imported);
            tally.AddRead();
            return new ImportedLine(number, WithUsableVector(memory, number), read.SpokenAt ?? read.RecordedAt);
        }
        catch (FormatException e)
        {
            tally.AddBad(number, e.Message);
            return null;
        }
    }

    // A vector that has to be made anew comes back empty.
    private Memory WithUsableVector(Memory memory, long number)
    {
        if (memory.Vector.IsEmpty) return memory with { Embedding = fingerprint };
        if (memory.Embedding == fingerprint && memory.Vector.Length == fingerprint.Dimension) return memory;
        if (options.ReEmbed) return memory with { Embedding = fingerprint, Vector = ReadOnlyMemory<float>.Empty };
        throw new ImportException($"Line {number} was embedded by {memory.Embedding} with {memory.Vector.Length} floats, this store takes {fingerprint}. "
            + "Import with --re-embed to make new vectors from the texts, or configure the same embedder. Lines before it are stored.");
    }

    // The same line gets the same id again, so that importing twice doubles nothing.
    private static MemoryId NewId(MemoryLine read, ReadOnlySpan<byte> line)
        => MemoryId.From(read.SpokenAt ?? read.RecordedAt ?? DateTimeOffset.UnixEpoch, $"import:{XxHash128.HashToUInt128(line):x32}", 0);
}

/// <summary>Memories on their way from the parser to the store, with the lines that they came from.</summary>
internal sealed class ImportBatch
{
    public List<ImportedLine> Lines { get; } = [];

    public long Bytes { get; set; }

    public long LineOf(MemoryId id) => Lines.FindLast(line => line.Memory.Id == id)!.Number;
}

/// <summary>A line that is a memory.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Memory">The memory; its vector is empty when it has to be made.</param>
/// <param name="SaidAt">When it was said, as far as the line knows.</param>
internal sealed record ImportedLine(long Number, Memory Memory, DateTimeOffset? SaidAt);
