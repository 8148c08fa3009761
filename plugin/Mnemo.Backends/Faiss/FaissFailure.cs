using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>How this backend says that something failed.</summary>
internal static class FaissFailure
{
    public static MemoryStoreException Damaged(string operation, string text, params object?[] arguments) => Of(null, StoreErrorKind.Damaged, operation, text, arguments);

    public static MemoryStoreException Misconfigured(string operation, string text, params object?[] arguments) => Of(null, StoreErrorKind.Misconfigured, operation, text, arguments);

    public static MemoryStoreException Of(Exception? inner, StoreErrorKind kind, string operation, string text, params object?[] arguments) =>
        new(inner, kind, FaissBackend.Name, operation, text, arguments);

    /// <summary>The failure of a write, whatever was thrown below.</summary>
    public static Exception OfWrite(string operation, Exception error) => error switch
    {
        MemoryStoreException or OperationCanceledException => error,
        IOException when StoreFailure.IsDiskFull(error) => Of(error, StoreErrorKind.Unavailable, operation, "store.diskfull", FaissBackend.Name),
        IOException => Of(error, StoreErrorKind.Unavailable, operation, "faiss.write.refused"),
        UnauthorizedAccessException => Of(error, StoreErrorKind.Misconfigured, operation, "faiss.write.denied"),
        _ => Of(error, StoreErrorKind.Damaged, operation, "faiss.write.failed", error.GetType().Name),
    };

    /// <summary>The failure of a read.</summary>
    public static MemoryStoreException OfRead(string operation, Exception error) => error as MemoryStoreException ?? (error is UnauthorizedAccessException
        ? Of(error, StoreErrorKind.Misconfigured, operation, "faiss.read.denied")
        : Of(error, StoreErrorKind.Damaged, operation, "faiss.read.failed", error.GetType().Name));
}
