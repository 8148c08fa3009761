using Mnemo.Storage;

namespace Mnemo.State;

/// <summary>Whether a store is the one that the control state knows.</summary>
public enum StoreIdentity
{
    /// <summary>Neither knows the other: a new store, or both were written by a version without sets.</summary>
    Unknown,

    /// <summary>A set id was being given to it when the program ended.</summary>
    Unfinished,

    /// <summary>It is, as of its last checkpoint or a little later: what lies between is a crash, and is read again.</summary>
    Same,

    /// <summary>It holds another set of memories, or one that only one of the two knows.</summary>
    OtherSet,

    /// <summary>It is older than what was last read back from it: a backup was put in its place.</summary>
    RestoredByHand,

    /// <summary>It holds more than was ever written from here: another program wrote to it, or the control state is the older one.</summary>
    WrittenElsewhere,
}

/// <summary>Compares what the control state keeps of a store with what the store says of itself.</summary>
public static class StoreIdentities
{
    /// <param name="route">What the control state knows.</param>
    /// <param name="stamp">What the store says; null when it has no stamp.</param>
    /// <param name="last">The last number of the write log that was given out.</param>
    public static StoreIdentity Judge(StoreRoute route, StoreStamp? stamp, long last)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (route.Mark < 0) return StoreIdentity.Unfinished;
        if (stamp is null) return route.SetId.Length == 0 ? StoreIdentity.Unknown : StoreIdentity.OtherSet;
        if (stamp.SetId != route.SetId) return StoreIdentity.OtherSet;
        if (stamp.Mark < route.Mark) return StoreIdentity.RestoredByHand;
        return stamp.Mark > last ? StoreIdentity.WrittenElsewhere : StoreIdentity.Same;
    }
}
