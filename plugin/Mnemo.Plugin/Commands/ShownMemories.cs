using Mnemo.Memories;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>
/// What a member may be shown: what their scope sees, without the words of people who have switched memory off. Recall
/// keeps to the same rule; every command that shows memories of others takes it from here.
/// </summary>
internal static class ShownMemories
{
    public static async Task<MemoryFilter> FilterAsync(CommandCall call, CancellationToken cancellation)
    {
        var silenced = await call.Runtime.Privacy.SilencedAsync(call.Caller.Scope.Platform, cancellation);
        var visible = call.Caller.Scope.Visible();
        return silenced.Count == 0 ? visible : MemoryFilter.And(visible, MemoryFilter.Not(MemoryFilter.In(TextField.Speaker, silenced)));
    }

    /// <summary>Those of the memories that are still there and may be shown to the caller.</summary>
    public static async Task<Dictionary<MemoryId, Memory>> ReadAsync(CommandCall call, IReadOnlyList<MemoryId> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) return [];
        var filter = await FilterAsync(call, cancellation);
        using var lease = await call.Runtime.Stores.LeaseAsync(cancellation);
        return (await lease.Interactive.GetAsync(call.Caller.Scope, ids, ReadConsistency.Eventual, cancellation)).Where(filter.Matches).ToDictionary(m => m.Id);
    }
}
