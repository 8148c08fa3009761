using Microsoft.Data.Sqlite;

namespace Mnemo.Sqlite;

/// <summary>What kind of failure SQLite reports. Its own words may quote a statement, so they are shown to nobody.</summary>
internal enum SqliteProblem
{
    /// <summary>Anything that has no kind of its own here.</summary>
    Other,

    /// <summary>A statement does not fit the tables.</summary>
    Statement,

    /// <summary>Another program holds the file.</summary>
    Busy,

    /// <summary>Another connection of this program holds a table.</summary>
    Locked,

    /// <summary>The file may not be written.</summary>
    ReadOnly,

    /// <summary>The disk reports an error.</summary>
    InputOutput,

    /// <summary>The file is damaged, or no database.</summary>
    Damaged,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The file cannot be opened.</summary>
    CannotOpen,
}

/// <summary>The one place that knows SQLite's result codes.</summary>
internal static class SqliteProblems
{
    public static SqliteProblem Of(SqliteException e) => e.SqliteErrorCode switch
    {
        1 => SqliteProblem.Statement,
        5 => SqliteProblem.Busy,
        6 => SqliteProblem.Locked,
        8 => SqliteProblem.ReadOnly,
        10 => SqliteProblem.InputOutput,
        11 or 26 => SqliteProblem.Damaged,
        13 => SqliteProblem.Full,
        14 => SqliteProblem.CannotOpen,
        _ => SqliteProblem.Other,
    };
}
