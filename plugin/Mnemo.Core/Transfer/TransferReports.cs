namespace Mnemo.Transfer;

/// <summary>How to import.</summary>
/// <param name="BatchRows">Memories written at a time.</param>
/// <param name="ReEmbed">Whether vectors of another model are replaced by new ones, made from the text.</param>
/// <param name="IsDryRun">Whether everything is read and checked, and nothing stored.</param>
/// <param name="NamedLines">How many bad lines the report names at most; it counts all.</param>
public sealed record ImportOptions(int BatchRows = 1000, bool ReEmbed = false, bool IsDryRun = false, int NamedLines = 100);

/// <summary>How far a transfer is.</summary>
/// <param name="Lines">Lines read, or memories written.</param>
/// <param name="Stored">Memories stored, or written.</param>
/// <param name="Bad">Lines that could not be used.</param>
/// <param name="Bytes">Bytes read or written.</param>
public sealed record TransferProgress(long Lines, long Stored, long Bad, long Bytes);

/// <summary>A line that could not be used.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Reason">Why. Holds no text of the line.</param>
public sealed record BadLine(long Number, string Reason);

/// <summary>What an import did.</summary>
/// <param name="Lines">Lines read, blank ones aside.</param>
/// <param name="Stored">How many lines are stored as memories now.</param>
/// <param name="Present">How many of those led to a memory that was there already, before the import or from an earlier line; it was replaced where it differed.</param>
/// <param name="Embedded">Memories whose vector was made here.</param>
/// <param name="Forgotten">How many lines were left out because their speakers had the words forgotten.</param>
/// <param name="Bad">How many lines could not be used.</param>
/// <param name="BadLines">The first of those, by their place in the file.</param>
/// <param name="IsStopped">Whether it stopped because more than half of the lines were bad.</param>
public sealed record ImportReport(long Lines, long Stored, long Present, long Embedded, long Forgotten, long Bad, IReadOnlyList<BadLine> BadLines, bool IsStopped);

/// <summary>What an export wrote.</summary>
/// <param name="Memories">How many memories.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Damaged">How many rows of the store could not be read whole: their text is in the file without its vector, or nothing of them is.</param>
public sealed record ExportReport(long Memories, long Bytes, long Damaged = 0);

/// <summary>An import that cannot go on at all. The message names the remedy and holds no text of the file.</summary>
public sealed class ImportException(string message, ImportReport? report = null) : Exception(message)
{
    /// <summary>What had been done when it ended.</summary>
    public ImportReport Report => report ?? new ImportReport(0, 0, 0, 0, 0, 0, [], IsStopped: true);
}
