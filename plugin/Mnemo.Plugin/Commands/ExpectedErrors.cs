using Mnemo.Localization;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>Tells what can go wrong in daily use from what would be a mistake of ours.</summary>
public static class ExpectedErrors
{
    /// <summary>What to tell people of it, in their language where it is a text of ours.</summary>
    public static string Say(Exception exception, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is MemoryStoreException store ? store.Say(strings) : exception.Message;
    }

    /// <summary>Whether the message of the exception is meant for people.</summary>
    public static bool Includes(Exception exception) =>
        exception is MemoryStoreException or ControlStoreException or InvalidDataException or ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException;
}
