using Microsoft.Data.Sqlite;

namespace Mnemo.Sqlite;

/// <summary>How a database file is opened: every connection to it says the same.</summary>
/// <param name="Path">The file.</param>
internal sealed record SqliteOpening(string Path)
{
    /// <summary>Whether the file may be made or only used.</summary>
    public SqliteOpenMode Mode { get; init; } = SqliteOpenMode.ReadWriteCreate;

    /// <summary>How long a command is tried while the file is locked.</summary>
    public int CommandSeconds { get; init; } = 30;

    /// <summary>What is set before anything else is done, in this order.</summary>
    public IReadOnlyList<string> Pragmas { get; init; } = [];

    /// <summary>A new connection; connections are not pooled, so a closed one is closed.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, Mode = Mode, DefaultTimeout = CommandSeconds }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            foreach (var pragma in Pragmas)
            {
#pragma warning disable CA2100 // A pragma takes no parameters; each is made of constants and numbers.
                command.CommandText = "PRAGMA " + pragma;
#pragma warning restore CA2100
                command.ExecuteNonQuery();
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
