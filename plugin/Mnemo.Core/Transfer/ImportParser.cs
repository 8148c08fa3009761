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
        var batch = new ImportBatch();
        try
        {
            var reader = new LineReader(stream, MaxLineBytes);
            while (!tally.IsHopeless && await reader.NextAsync(cancellation) is { } line)
            {
                if (reader.Number == 1 && IsUtf16(line.Span)) throw new ImportException("The input is UTF-16, not UTF-8. Convert it first: iconv -f UTF-16 -t UTF-8.");
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
        catch (ImportException e)
        {
            // The lines before the one that ends it are as good as any.
            if (batch.Lines.Count > 0) await batches.WriteAsync(batch, cancellation);
            batches.Complete(e);
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
            var memory = ImportRules.Apply(read.ToMemory(read.Id ?? default, recorded, read.Embedding ?? fingerprint, Trust.Imported));
            var said = new ImportedLine(number, WithUsableVector(memory, number), read.SpokenAt ?? read.RecordedAt)
            {
                Source = read.Id is null ? $"import:{XxHash128.HashToUInt128(line):x32}" : null,
                HasRecordedAt = read.RecordedAt is not null,
            };
            tally.AddRead();
            return said;
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
            + "Import with --re-embed to make new vectors from the texts, or configure the same embedder.");
    }
}
