using Mnemo.Storage;

namespace Mnemo.Backends.Faiss;

/// <summary>How this backend says that something failed.</summary>
internal static class FaissFailure
{
    public static MemoryStoreException Final(string operation, string message, Exception? inner = null) =>
        new(FaissBackend.Name, operation, message, isTransient: false, inner);

    public static MemoryStoreException Passing(string operation, string message, Exception? inner = null) =>
        new(FaissBackend.Name, operation, message, isTransient: true, inner);

    /// <summary>The failure of a write, whatever was thrown below.</summary>
    public static Exception OfWrite(string operation, Exception error) => error switch
    {
        MemoryStoreException or OperationCanceledException => error,
        IOException => Passing(operation, $"The disk refused the write: {Clause(error)}. Nothing is lost that was acknowledged; make room or check the disk, then try again.", error),
        UnauthorizedAccessException => Final(operation, "The files of the collection may not be written; check their permissions.", error),
        _ => Final(operation, $"The records could not be written ({error.GetType().Name}); nothing is lost that was acknowledged. `doctor` checks the store.", error),
    };

    /// <summary>What an exception says, to be put into a sentence.</summary>
    public static string Clause(Exception error) => error.Message.TrimEnd('.', ' ');
}
