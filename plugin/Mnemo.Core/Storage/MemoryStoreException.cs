namespace Mnemo.Storage;

/// <summary>A store failed. The message names the remedy and holds neither memory text nor secrets.</summary>
public sealed class MemoryStoreException : Exception
{
    /// <summary>Says what failed where.</summary>
    public MemoryStoreException(string backend, string operation, string message, bool isTransient = false, Exception? inner = null)
        : base(message, inner)
    {
        Backend = backend;
        Operation = operation;
        IsTransient = isTransient;
    }

    /// <summary>The backend's name.</summary>
    public string Backend { get; }

    /// <summary>The store call: prepare, upsert, get, delete, search, scan, count.</summary>
    public string Operation { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient { get; }
}
