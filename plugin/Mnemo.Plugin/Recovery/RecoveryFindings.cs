using Mnemo.Plugin.Hosting;
using Mnemo.State;

namespace Mnemo.Plugin.Recovery;

/// <summary>What is wrong with a data directory.</summary>
internal enum RecoveryNeed
{
    /// <summary>Nothing: a bot can start here.</summary>
    None,

    /// <summary>The control state is gone.</summary>
    StateMissing,

    /// <summary>The control state is there and cannot be used.</summary>
    StateDamaged,

    /// <summary>The control state is well, and the store that it names is gone.</summary>
    StoreMissing,
}

/// <summary>What was found in a data directory.</summary>
/// <param name="Need">What is wrong.</param>
internal sealed record RecoveryFindings(RecoveryNeed Need)
{
    /// <summary>What can still be read of the control state, when it cannot be used.</summary>
    public SalvageReport? Salvage { get; init; }

    /// <summary>The stores that are there.</summary>
    public IReadOnlyList<StoreThere> Stores { get; init; } = [];

    /// <summary>The one that goes on being used, or that is missing; null when there is none.</summary>
    public StoreThere? Store { get; init; }

    /// <summary>Who said what is in it, by the number of their memories.</summary>
    public IReadOnlyList<(KnownPerson Person, long Memories)> Speakers { get; init; } = [];

    /// <summary>What was lost from the end of the control state's log.</summary>
    public IReadOnlyList<Loss> Losses { get; init; } = [];

    /// <summary>Who is opted out until somebody confirms.</summary>
    public IReadOnlyList<KnownPerson> Unconfirmed { get; init; } = [];

    /// <summary>How many memories there are.</summary>
    public long Memories => Speakers.Sum(speaker => speaker.Memories);
}

/// <summary>What <c>mnemo recover</c> was asked to do.</summary>
/// <param name="IsConfirmed">Whether to act, and not only to say what would be done.</param>
/// <param name="EmptyStore">Whether to begin with an empty store.</param>
/// <param name="OptIn">Whose opting out is to end: names, ids, or <c>all</c>.</param>
internal sealed record RecoveryOptions(bool IsConfirmed = false, bool EmptyStore = false, IReadOnlyList<string>? OptIn = null)
{
    /// <summary>Whether the store that is there is to be taken as a set of its own.</summary>
    public bool Accept { get; init; }
}
