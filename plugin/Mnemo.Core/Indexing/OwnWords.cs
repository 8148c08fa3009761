using Microsoft.Data.Sqlite;
using Mnemo.Memories;

namespace Mnemo.Indexing;

/// <summary>Asks the full-text table for one memory by everything that should find it; a search ranks, and may find better ones first.</summary>
internal static class OwnWords
{
    private const int TermsAtOnce = 64;

    public static bool AreFound(SqliteConnection reader, Memory memory)
    {
        using var find = reader.CreateCommand();
        find.CommandText = "SELECT doc FROM rows WHERE id = $id";
        find.Parameters.AddWithValue("$id", memory.Id.Value);
        if (find.ExecuteScalar() is not long doc) return false;

        using var match = reader.CreateCommand();
        match.CommandText = "SELECT 1 FROM words WHERE words MATCH $match AND rowid = $doc";
        match.Parameters.AddWithValue("$doc", doc);
        var terms = match.Parameters.AddWithValue("$match", "");
        foreach (var some in TextIndexWriter.ScopeTokensOf(memory).Concat(TextIndexWriter.TermsOf(memory)).Distinct(StringComparer.Ordinal).Chunk(TermsAtOnce))
        {
            terms.Value = string.Join(" AND ", some.Select(term => $"\"{term}\""));
            if (match.ExecuteScalar() is null) return false;
        }

        return true;
    }
}
