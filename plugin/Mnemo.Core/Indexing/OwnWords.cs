using Mnemo.Memories;
using Mnemo.Sqlite;

namespace Mnemo.Indexing;

/// <summary>Asks the full-text table for one memory by everything that should find it; a search ranks, and may find better ones first.</summary>
internal static class OwnWords
{
    private const int TermsAtOnce = 64;

    public static bool AreFound(PreparedConnection reader, Memory memory)
    {
        if (reader.Scalar("SELECT doc FROM rows WHERE id = $1", memory.Id.Value) is not long doc) return false;
        foreach (var some in TextIndexWriter.ScopeTokensOf(memory).Concat(TextIndexWriter.TermsOf(memory)).Distinct(StringComparer.Ordinal).Chunk(TermsAtOnce))
        {
            var match = string.Join(" AND ", some.Select(term => $"\"{term}\""));
            if (reader.Scalar("SELECT 1 FROM words WHERE words MATCH $1 AND rowid = $2", match, doc) is null) return false;
        }

        return true;
    }
}
