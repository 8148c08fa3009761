using Mnemo.Storage;

namespace Mnemo.Writing;

/// <summary>
/// Finds the rows of a batch that a store refuses, by halving: in few steps, and in the order of the others. Any other
/// failure concerns everything and ends it. One piece of code for capture, import and migration.
/// </summary>
public static class RefusedRows
{
    /// <summary>Writes what can be written.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="write">Writes a part, whole or not at all.</param>
    /// <param name="isAboutRows">Whether a failure concerns some row of the part.</param>
    /// <param name="refused">Told each row that is refused, and why.</param>
    public static async Task SetAsideAsync<T>(IReadOnlyList<T> rows, Func<IReadOnlyList<T>, Task> write, Func<Exception, bool> isAboutRows, Func<T, Exception, Task> refused)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(isAboutRows);
        ArgumentNullException.ThrowIfNull(refused);
        if (rows.Count == 0) return;
        try
        {
            await write(rows);
        }
        catch (Exception e) when (isAboutRows(e))
        {
            if (rows.Count == 1)
            {
                await refused(rows[0], e);
                return;
            }

            var half = rows.Count / 2;
            await SetAsideAsync([.. rows.Take(half)], write, isAboutRows, refused);
            await SetAsideAsync([.. rows.Skip(half)], write, isAboutRows, refused);
        }
    }

    /// <summary>Whether a store's failure concerns some row of the batch.</summary>
    public static bool IsAboutRows(Exception exception) => exception is MemoryStoreException { IsAboutRows: true };
}
