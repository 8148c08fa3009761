namespace Mnemo.Salvage;

/// <summary>A row as it lies on a page, whatever its table.</summary>
/// <param name="Key">The row's number; null in a table that has none, and in an index.</param>
/// <param name="Values">Each null, a long, a double, a string or bytes.</param>
/// <param name="IsSound">Whether its page was known to be as it was written.</param>
internal sealed record StoredRecord(long? Key, object?[] Values, bool IsSound);
