using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

/// <summary>Keeps another stamp than it was given, or none.</summary>
internal sealed class StampingStore(IMemoryStore inner, Func<StoreStamp, StoreStamp?> keep) : PassThroughStore(inner)
{
    public override Task CheckpointAsync(StoreStamp stamp, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return keep(stamp) is { } kept ? Inner.CheckpointAsync(kept, cancellation) : Task.CompletedTask;
    }
}

/// <summary>Answers a stamp where none was kept.</summary>
internal sealed class InventiveStore(IMemoryStore inner) : PassThroughStore(inner)
{
    public override async Task<StoreStamp?> PrepareAsync(CancellationToken cancellation) => await Inner.PrepareAsync(cancellation) ?? new StoreStamp("", 0);
}

/// <summary>Purges in another way.</summary>
internal sealed class PurgingStore(IMemoryStore inner, Func<IMemoryStore, CancellationToken, Task<PurgeReceipt>> purge) : PassThroughStore(inner)
{
    public override Task<PurgeReceipt> PurgeAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return purge(Inner, cancellation);
    }
}

/// <summary>Keeps unflushed rows to itself, and the stamp of a checkpoint before them; they are lost when it closes.</summary>
internal sealed class HastyStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private readonly HashSet<MemoryId> _unflushed = [];

    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
    {
        if (durability == WriteDurability.Unflushed) _unflushed.UnionWith(memories.Select(m => m.Id));
        return Inner.UpsertAsync(memories, durability, cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_unflushed.Count > 0) await Inner.DeleteAsync([.. _unflushed], CancellationToken.None);
        _unflushed.Clear();
        await base.DisposeAsync();
    }
}

/// <summary>Takes what is written after it was closed, and does nothing with it.</summary>
internal sealed class ClosedStore(IMemoryStore inner) : PassThroughStore(inner)
{
    private bool _closed;

    public override Task UpsertAsync(IReadOnlyList<Memory> memories, WriteDurability durability, CancellationToken cancellation)
        => _closed ? Task.CompletedTask : Inner.UpsertAsync(memories, durability, cancellation);

    public override ValueTask DisposeAsync()
    {
        _closed = true;
        return base.DisposeAsync();
    }
}

/// <summary>Forgets its rows when it closes.</summary>
internal sealed class ClosingStore(IMemoryStore inner, Func<IMemoryStore, Task> close) : PassThroughStore(inner)
{
    private bool _closed;

    public override async ValueTask DisposeAsync()
    {
        if (!_closed) await close(Inner);
        _closed = true;
        await base.DisposeAsync();
    }
}

/// <summary>Brings what was deleted back when it opens again.</summary>
internal sealed class HauntedStore(IMemoryStore inner, List<Memory> ghosts) : PassThroughStore(inner)
{
    public override async Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
    {
        var stamp = await Inner.PrepareAsync(cancellation);
        if (ghosts.Count > 0) await Inner.UpsertAsync([.. ghosts], WriteDurability.Durable, cancellation);
        ghosts.Clear();
        return stamp;
    }

    public override async Task<int> DeleteAsync(IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        ghosts.AddRange(await Inner.WholeAsync(ScanQuery.Of(ids), cancellation).ToListAsync(cancellation));
        return await Inner.DeleteAsync(ids, cancellation);
    }
}
