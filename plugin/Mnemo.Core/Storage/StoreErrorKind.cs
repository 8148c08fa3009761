namespace Mnemo.Storage;

/// <summary>What a failure means for whoever asked. Every caller decides by it and by nothing else.</summary>
public enum StoreErrorKind
{
    /// <summary>The store is away, busy or out of room: the same call may succeed later. What a write did is unknown.</summary>
    Unavailable,

    /// <summary>The store asks to be called less often.</summary>
    Throttled,

    /// <summary>The batch or a row is too large for the store; nothing was written.</summary>
    TooLarge,

    /// <summary>Something of what was handed over cannot be stored; nothing was written. It concerns the rows, not the store.</summary>
    Refused,

    /// <summary>Permission, schema, dimension, address: nothing works until somebody has mended it.</summary>
    Misconfigured,

    /// <summary>The store's own files or rows are damaged.</summary>
    Damaged,
}
