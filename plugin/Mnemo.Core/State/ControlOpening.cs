using Microsoft.Data.Sqlite;
using Mnemo.Sqlite;

namespace Mnemo.State;

/// <summary>How the file of the control state is opened.</summary>
internal static class ControlOpening
{
    private static readonly string[] Pragmas = ["busy_timeout = 5000", "trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY"];

    /// <param name="path">The file.</param>
    /// <param name="create">Whether it may be made.</param>
    public static PreparedConnection Open(string path, bool create) =>
        new(new SqliteOpening(path) { Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, Pragmas = Pragmas });
}
