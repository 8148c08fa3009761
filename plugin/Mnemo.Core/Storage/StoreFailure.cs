using System.Net.Sockets;

namespace Mnemo.Storage;

/// <summary>The one place where an exception that is not ours becomes a failure of a store. What it says is never passed on.</summary>
public static class StoreFailure
{
    private const int DiskFullLinux = 28, DiskQuotaLinux = 122, ReadOnlyLinux = 30, DiskFullWindows = unchecked((int)0x80070070);

    /// <summary>The kind of an exception.</summary>
    public static StoreErrorKind KindOf(Exception exception) => exception switch
    {
        MemoryStoreException store => store.Kind,
        UnauthorizedAccessException => StoreErrorKind.Misconfigured,
        IOException { HResult: ReadOnlyLinux } => StoreErrorKind.Misconfigured,
        InvalidDataException or EndOfStreamException => StoreErrorKind.Damaged,
        IOException or TimeoutException or SocketException or HttpRequestException or OperationCanceledException => StoreErrorKind.Unavailable,
        _ => StoreErrorKind.Damaged,
    };

    /// <summary>Whether the disk has no room.</summary>
    public static bool IsDiskFull(Exception exception) => exception is IOException { HResult: DiskFullLinux or DiskQuotaLinux or DiskFullWindows };

    /// <summary>A failure that a store let out, as everybody above understands it.</summary>
    internal static MemoryStoreException Of(Exception exception, string backend, string operation) => exception as MemoryStoreException
        ?? new MemoryStoreException(exception, KindOf(exception), backend, operation, IsDiskFull(exception) ? "store.diskfull" : "store.failed", backend, operation, exception.GetType().Name);
}
