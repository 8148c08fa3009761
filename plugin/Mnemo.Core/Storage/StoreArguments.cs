using System.Numerics.Tensors;
using Mnemo.Memories;

namespace Mnemo.Storage;

/// <summary>What may pass the guard. Every refusal names the memory and the remedy, never its text.</summary>
internal sealed class StoreArguments(string backend, EmbeddingFingerprint embedding, GuardOptions options)
{
    private const int MaxTop = 1000;

    // Beyond these the square of a length leaves the range of a float, and no store could answer a cosine.
    private const float LeastSquare = 1e-30f;
    private const float MostSquare = 1e30f;

    /// <summary>The batch as it is to be stored: times at UTC milliseconds.</summary>
    public IReadOnlyList<Memory> Batch(IReadOnlyList<Memory> memories)
    {
        const string upsert = "upsert";
        if (memories is null) throw Wrong(upsert, "store.argument.nobatch");
        if (memories.Count > options.MaxBatchRows) throw new MemoryStoreException(StoreErrorKind.TooLarge, backend, upsert, "store.batch.rows", memories.Count, options.MaxBatchRows);
        var bytes = 0L;
        foreach (var memory in memories)
        {
            Check(memory);
            bytes += GuardOptions.Weigh(memory);
        }

        if (bytes > options.MaxBatchBytes) throw new MemoryStoreException(StoreErrorKind.TooLarge, backend, upsert, "store.batch.bytes", bytes, options.MaxBatchBytes);
        return memories.All(HasWholeTimes) ? memories : [.. memories.Select(WithWholeTimes)];
    }

    public void Query(VectorQuery query)
    {
        const string search = "search";
        if (query is null) throw Wrong(search, "store.argument.noquery");
        Filter(query.Filter, search);
        if (query.Top is < 1 or > MaxTop) throw Wrong(search, "store.argument.top", query.Top, MaxTop);
        if (query.LeastSimilarity is not (>= -1 and <= 1)) throw Wrong(search, "store.argument.similarity");
        if (Flaw(query.Vector.Span) is { } flaw) throw Wrong(search, flaw.Text, ["?", .. flaw.Arguments]);
    }

    public void Scan(ScanQuery query)
    {
        const string scan = "scan";
        if (query is null) throw Wrong(scan, "store.argument.noquery");
        Filter(query.Filter, scan);
        if (query.Limit is < 1) throw Wrong(scan, "store.argument.limit", query.Limit);
    }

    public void Filter(MemoryFilter filter, string operation)
    {
        if (filter is null) throw Wrong(operation, "store.argument.nofilter");
    }

    private void Check(Memory memory)
    {
        const string upsert = "upsert";
        if (memory is null) throw Wrong(upsert, "store.argument.nomemory");
        if (Flaw(memory) is { } flaw) throw Wrong(upsert, flaw.Text, [memory.Id, .. flaw.Arguments]);
    }

    private RecordFlaw? Flaw(Memory memory)
    {
        if (memory.Scope is null || memory.Speaker is null || memory.Text is null) return new RecordFlaw("record.incomplete");
        if (!memory.Scope.Reach.Equals(ScopeReach.Conversation)) return new RecordFlaw("record.reach");
        if (memory.Embedding != embedding) return new RecordFlaw("record.embedding", memory.Embedding, embedding);
        if (Flaw(memory.Vector.Span) is { } flaw) return flaw;
        if (memory.Importance is not (>= 0 and <= 1)) return new RecordFlaw("record.importance");
        if (!Enum.IsDefined(memory.Kind) || !Enum.IsDefined(memory.Trust)) return new RecordFlaw("record.kind");
        return PortableRecord.Flaw(memory) is { } portable ? new RecordFlaw("record.portable", portable) : null;
    }

    private RecordFlaw? Flaw(ReadOnlySpan<float> vector)
    {
        if (vector.Length != embedding.Dimension) return new RecordFlaw("record.dimension", vector.Length, embedding.Dimension, embedding);
        var square = TensorPrimitives.SumOfSquares(vector);
        if (square is >= LeastSquare and <= MostSquare) return null;
        foreach (var value in vector)
        {
            if (!float.IsFinite(value)) return new RecordFlaw("record.notfinite");
        }

        return new RecordFlaw(square < LeastSquare ? "record.zero" : "record.toolong");
    }

    private static bool HasWholeTimes(Memory memory) => IsWhole(memory.RecordedAt)
        && IsWhole(memory.SpokenAt ?? default) && IsWhole(memory.ValidTo ?? default)
        && memory.Sources.All(s => IsWhole(s.At ?? default));

    private static bool IsWhole(DateTimeOffset time) => time.Offset == TimeSpan.Zero && time.Ticks % TimeSpan.TicksPerMillisecond == 0;

    private static Memory WithWholeTimes(Memory memory) => memory with
    {
        RecordedAt = Whole(memory.RecordedAt),
        SpokenAt = memory.SpokenAt is { } spoken ? Whole(spoken) : null,
        ValidTo = memory.ValidTo is { } valid ? Whole(valid) : null,
        Sources = [.. memory.Sources.Select(s => s.At is { } at ? s with { At = Whole(at) } : s)],
    };

    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private MemoryStoreException Wrong(string operation, string text, params object?[] arguments) => new(StoreErrorKind.Refused, backend, operation, text, arguments);
}
