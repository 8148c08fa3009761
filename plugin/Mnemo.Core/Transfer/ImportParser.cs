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
                if (reader.IsTooLong) tally.AddBad(reader.Number, $"the line is longer than {MaxLineBytes >> 20} MiB");
                else if (line.Span.ContainsAnyExcept(" \t"u8) && TryRead(line.Span, reader.Number) is { } memory) batch.Add(memory, reader.Number);
                batch.Bytes = reader.Bytes;
                if (batch.Memories.Count < options.BatchRows) continue;
                await batches.WriteAsync(batch, cancellation);
                batch = new ImportBatch();
            }

            if (batch.Memories.Count > 0) await batches.WriteAsync(batch, cancellation);
            batches.Complete();
        }
        catch (Exception e)
        {
            batches.Complete(e);
        }
    }

    private Memory? TryRead(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var read = MemoryLine.Read(line);
            if (read.Vector.Length > 0 && read.Embedding is { } declared && declared.Dimension != read.Vector.Length)
                throw new FormatException($"the vector has {read.Vector.Length} floats, its embedding says {declared.Dimension}");
            var recorded = read.RecordedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var memory = read.ToMemory(read.Id ?? NewId(read, line), recorded, read.Embedding ?? fingerprint, Trust.Imported);
            tally.AddRead();
            return WithUsableVector(memory, number);
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
    private readonly Dictionary<MemoryId, long> _lines = [];

    public List<Memory> Memories { get; } = [];

    public long Bytes { get; set; }

    public void Add(Memory memory, long line)
    {
        Memories.Add(memory);
        _lines[memory.Id] = line;
    }

    public long LineOf(MemoryId id) => _lines[id];
}
