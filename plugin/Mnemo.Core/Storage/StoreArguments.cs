using System.Numerics.Tensors;
using System.Text;
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
        if (memories is null) throw Refused(upsert, "There is no batch; pass a list of memories.");
        if (memories.Count > options.MaxBatchRows) throw Refused(upsert, $"The batch holds {memories.Count} memories, the limit is {options.MaxBatchRows}; write them in several batches.");
        var bytes = 0L;
        foreach (var memory in memories)
        {
            Check(memory);
            bytes += GuardOptions.Weigh(memory);
        }

        if (bytes > options.MaxBatchBytes) throw Refused(upsert, $"The batch holds {bytes} bytes, the limit is {options.MaxBatchBytes}; write fewer memories at once.");
        return memories.All(HasWholeTimes) ? memories : [.. memories.Select(WithWholeTimes)];
    }

    public void Query(VectorQuery query)
    {
        const string search = "search";
        if (query is null) throw Refused(search, "There is no query.");
        if (query.Filter is null) throw Refused(search, "The query has no filter; MemoryFilter.Everything passes all.");
        if (query.Top is < 1 or > MaxTop) throw Refused(search, $"{query.Top} answers were asked for; ask for 1 to {MaxTop}.");
        if (query.LeastSimilarity is not (>= -1 and <= 1)) throw Refused(search, "The least similarity is not between -1 and 1.");
        if (Flaw(query.Vector.Span) is { } flaw) throw Refused(search, $"The query's vector {flaw}.");
    }

    public void Filter(MemoryFilter filter, string operation)
    {
        if (filter is null) throw Refused(operation, "There is no filter; MemoryFilter.Everything passes all.");
    }

    private void Check(Memory memory)
    {
        const string upsert = "upsert";
        if (memory is null) throw Refused(upsert, "A memory of the batch is null.");
        if (Flaw(memory) is { } flaw) throw Refused(upsert, $"Memory {memory.Id}: {flaw}.");
    }

    private string? Flaw(Memory memory)
    {
        if (memory.Scope is null || memory.Speaker is null || memory.Text is null) return "it lacks its scope, its speaker or its text";
        if (!memory.Scope.Reach.Equals(ScopeReach.Conversation)) return "its scope has a reach, which belongs to questions; store the plain scope";
        if (memory.Embedding != embedding) return $"it was embedded by {memory.Embedding}, the collection takes {embedding}; embed it again";
        if (Flaw(memory.Vector.Span) is { } flaw) return $"its vector {flaw}";
        if (memory.Importance is not (>= 0 and <= 1)) return "its importance is not between 0 and 1";
        if (!Enum.IsDefined(memory.Kind) || !Enum.IsDefined(memory.Trust)) return "its kind or its trust is unknown to this version";
        return Texts(memory).All(IsWellFormed) ? null : "a text of it holds half a surrogate pair; repair its encoding";
    }

    private string? Flaw(ReadOnlySpan<float> vector)
    {
        if (vector.Length != embedding.Dimension) return $"has {vector.Length} floats, the collection takes {embedding.Dimension} ({embedding}); embed it with that model";
        var square = TensorPrimitives.SumOfSquares(vector);
        if (square is >= LeastSquare and <= MostSquare) return null;
        foreach (var value in vector)
        {
            if (!float.IsFinite(value)) return "holds NaN or infinity; embed it again";
        }

        return square < LeastSquare ? "is zero, so it points nowhere; embed a text that is not empty" : "is too long for a float; scale it to length 1";
    }

    private static IEnumerable<string> Texts(Memory memory)
    {
        var scope = memory.Scope;
        IEnumerable<string> fixedTexts =
        [
            memory.Text, memory.Quote, memory.Session, memory.Speaker.Id, memory.Speaker.Name,
            scope.Platform, scope.Guild, scope.Channel, scope.Thread, scope.Subject, scope.Persona,
        ];
        return fixedTexts
            .Concat(memory.Sources.SelectMany(s => new[] { s.MessageId, s.Link }))
            .Concat(memory.Attributes.SelectMany(a => new[] { a.Key, a.Value }));
    }

    private static bool IsWellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return true;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done) return false;
            rest = rest[used..];
        }

        return true;
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

    private MemoryStoreException Refused(string operation, string message) => new(backend, operation, message);
}
