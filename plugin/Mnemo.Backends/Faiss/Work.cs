using LiteDB;
using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>Something for the writing thread.</summary>
internal abstract class Work(CancellationToken cancellation)
{
    public CancellationToken Cancellation => cancellation;

    public abstract void Fail(Exception error);
}

/// <summary>A batch to store. The records are made by the caller's thread, to keep the writing thread short.</summary>
internal sealed class UpsertWork : Work
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public UpsertWork(IReadOnlyList<Memory> memories, EmbeddingFingerprint embedding, CancellationToken cancellation)
        : base(cancellation)
    {
        foreach (var memory in memories)
        {
            if (memory.Embedding != embedding || memory.Vector.Length != embedding.Dimension)
                throw FaissFailure.Final("upsert", $"Memory {memory.Id} was embedded by {memory.Embedding} ({memory.Vector.Length} floats), the collection takes {embedding}; embed it again. Nothing of the batch was written.");
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

    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public override void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>Ids to delete.</summary>
internal sealed class DeleteWork(MemoryScope scope, IReadOnlyList<MemoryId> ids, Erasure erasure, CancellationToken cancellation) : Work(cancellation)
{
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MemoryScope Scope => scope;

    public IReadOnlyList<MemoryId> Ids => ids;

    public Erasure Erasure => erasure;

    public Task<int> Done => _done.Task;

    public void Complete(int deleted) => _done.TrySetResult(deleted);

    public override void Fail(Exception error) => _done.TrySetException(error);
}

/// <summary>Anything else that must not run beside a write.</summary>
internal sealed class MaintenanceWork(Action run) : Work(CancellationToken.None)
{
    public void Run() => run();

    public override void Fail(Exception error)
    {
        // Whoever sent it hears of it by other means, if at all.
    }
}
