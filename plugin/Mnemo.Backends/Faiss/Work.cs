using LiteDB;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>Something for the writing thread. Until it has begun it can be cancelled; from then on it ends by itself.</summary>
internal abstract class Work
{
    private int _state;

    private enum State
    {
        Waiting,
        Begun,
        Cancelled,
    }

    /// <summary>Whether the thread may do it; false when it was cancelled before.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, (int)State.Begun, (int)State.Waiting) == (int)State.Waiting;

    /// <summary>Cancels it when it has not begun.</summary>
    public void TryCancel(CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Cancelled, (int)State.Waiting) == (int)State.Waiting) Fail(new OperationCanceledException(cancellation));
    }

    public abstract void Fail(Exception error);
}

/// <summary>Work with a result that its caller waits for.</summary>
internal abstract class Work<T> : Work
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => _done.Task;

    public void Complete(T result) => _done.TrySetResult(result);

    public override void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>A batch to store. The records are made by the caller's thread, to keep the writing thread short.</summary>
internal sealed class UpsertWork : Work<int>
{
    public UpsertWork(IReadOnlyList<Memory> memories, EmbeddingFingerprint embedding)
    {
        foreach (var memory in memories)
        {
            if (memory.Embedding != embedding) throw Refused("record.embedding", memory.Id, memory.Embedding, embedding);
            if (memory.Vector.Length != embedding.Dimension) throw Refused("record.dimension", memory.Id, memory.Vector.Length, embedding.Dimension, embedding);
        }

        Memories = memories;
        var documents = new BsonDocument[memories.Count];
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = RecordDocument.From(memories[i], out var bytes);
            Bytes += bytes;
        }

        Documents = documents;
    }

    public IReadOnlyList<Memory> Memories { get; }

    public IReadOnlyList<BsonDocument> Documents { get; }

    /// <summary>What the records weigh.</summary>
    public long Bytes { get; }

    private static MemoryStoreException Refused(string text, params object?[] arguments) => FaissFailure.Of(null, StoreErrorKind.Refused, "upsert", text, arguments);
}

/// <summary>Ids to delete; answers how many were there.</summary>
internal sealed class DeleteWork(IReadOnlyList<MemoryId> ids) : Work<int>
{
    public IReadOnlyList<MemoryId> Ids => ids;
}

/// <summary>A stamp to keep.</summary>
internal sealed class CheckpointWork(StoreStamp stamp) : Work<int>
{
    public StoreStamp Stamp => stamp;
}

/// <summary>Rewriting the files; may be cancelled until nothing has been exchanged.</summary>
internal sealed class PurgeWork(CancellationToken cancellation) : Work<int>
{
    public CancellationToken Cancellation => cancellation;
}

/// <summary>Anything else that must not run beside a write.</summary>
internal sealed class MaintenanceWork(Action run) : Work
{
    public void Run() => run();

    public override void Fail(Exception error)
    {
        // Whoever sent it hears of it by other means, if at all.
    }
}
