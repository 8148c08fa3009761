namespace Mnemo.Salvage;

/// <summary>One page in a write-ahead log.</summary>
/// <param name="Page">The number of the page, from 1.</param>
/// <param name="PagesAfterCommit">How many pages the database has after the commit that this frame ends; 0 within a transaction.</param>
/// <param name="Offset">Where the page's bytes begin.</param>
/// <param name="IsSound">Whether its page is as it was written.</param>
/// <param name="IsRegular">Whether SQLite takes it, if it takes those before it.</param>
internal sealed record LogFrame(uint Page, uint PagesAfterCommit, long Offset, bool IsSound, bool IsRegular)
{
    public bool IsCommit => PagesAfterCommit != 0;
}
