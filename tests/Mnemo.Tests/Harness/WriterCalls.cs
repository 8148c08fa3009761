using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Tests.Harness;

/// <summary>A write in a turn of its own, and an index that is made current within one.</summary>
internal static class WriterCalls
{
    public static async Task UpsertAsync(this MemoryWriter writer, IReadOnlyList<Memory> memories, CancellationToken cancellation)
    {
        using var ticket = await writer.BeginAsync(cancellation);
        await writer.UpsertAsync(ticket, memories, cancellation);
    }

    public static async Task<int> DeleteAsync(this MemoryWriter writer, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        using var ticket = await writer.BeginAsync(cancellation);
        return await writer.DeleteAsync(ticket, ids, cancellation);
    }

    public static async Task<PurgeReceipt> PurgeAsync(this MemoryWriter writer, CancellationToken cancellation)
    {
        using var ticket = await writer.BeginAsync(cancellation);
        return await writer.PurgeAsync(ticket, cancellation);
    }

    public static async Task EnsureCurrentAsync(this TextIndex index, IMemoryStore store, string setId, ControlStore control, CancellationToken cancellation)
    {
        var log = new WriteLog(control);
        await index.EnsureCurrentAsync(store, setId, log, await log.LastAsync(cancellation), null, cancellation);
    }
}
