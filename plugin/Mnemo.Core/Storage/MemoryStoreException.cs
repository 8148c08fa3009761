using Mnemo.Localization;

namespace Mnemo.Storage;

/// <summary>
/// A store failed. What it says is a text of ours in the reader's language; it names the remedy and holds neither
/// memory text nor secrets, nor what a library said.
/// </summary>
public sealed class MemoryStoreException : Exception
{
    private readonly object?[] _arguments;

    /// <summary>Says what failed where.</summary>
    /// <param name="kind">What it means for the caller.</param>
    /// <param name="backend">The backend's name.</param>
    /// <param name="operation">The store call: prepare, upsert, get, delete, search, scan, count, checkpoint, purge, drop.</param>
    /// <param name="text">The key of the text.</param>
    /// <param name="arguments">What its placeholders stand for.</param>
    public MemoryStoreException(StoreErrorKind kind, string backend, string operation, string text, params object?[] arguments)
        : this(null, kind, backend, operation, text, arguments)
    {
    }

    /// <summary>The same, with what was thrown below; that is for the log of a developer only.</summary>
    public MemoryStoreException(Exception? inner, StoreErrorKind kind, string backend, string operation, string text, params object?[] arguments)
        : base(null, inner)
    {
        (Kind, Backend, Operation, Text, _arguments) = (kind, backend, operation, text, arguments);
    }

    /// <summary>What it means for the caller.</summary>
    public StoreErrorKind Kind { get; }

    /// <summary>The backend's name.</summary>
    public string Backend { get; }

    /// <summary>The store call.</summary>
    public string Operation { get; }

    /// <summary>The key of the text.</summary>
    public string Text { get; }

    /// <summary>Whether the same call may succeed later by itself.</summary>
    public bool IsTransient => Kind is StoreErrorKind.Unavailable or StoreErrorKind.Throttled;

    /// <summary>Whether it concerns some row of the batch, which halving finds.</summary>
    public bool IsAboutRows => Kind is StoreErrorKind.Refused or StoreErrorKind.TooLarge;

    /// <summary>The text in English, for logs.</summary>
    public override string Message => Say(Strings.For(Strings.English));

    /// <summary>The text in a language.</summary>
    public string Say(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        return strings[Text, [.. _arguments.Select(argument => argument is MemoryStoreException inner ? inner.Say(strings) : argument)]];
    }
}
