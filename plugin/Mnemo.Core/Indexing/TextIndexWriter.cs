using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Mnemo.Memories;
using Mnemo.Sqlite;
using Mnemo.Text;

namespace Mnemo.Indexing;

/// <summary>
/// The writing side of the word tables. Everything happens within <see cref="Commit"/>; what others read of it beside
/// the file, the count and the personas, follows when the transaction is in the file and not before.
/// </summary>
internal sealed class TextIndexWriter
{
    /// <summary>Longer texts are cut here: what a long text is about stands in its beginning.</summary>
    private const int MaxTerms = 2048;

    /// <summary>Marks a name of which every part must be named.</summary>
    public const uint AllParts = 1;

    private static readonly ImmutableDictionary<string, long> Nobody = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    private const string FindRow = "SELECT place, session, at, speaker, duplicate, asks, length, persona, who, terms, doc FROM rows WHERE id = $1";
    private const string InsertRow =
        "INSERT INTO rows (place, session, at, speaker, duplicate, asks, length, persona, who, terms, doc, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    private readonly PreparedConnection _connection;
    private long _nextDoc;
    private long _count;
    private long _countInside;
    private ImmutableDictionary<string, long> _personas;
    private ImmutableDictionary<string, long> _personasInside = Nobody;

    public TextIndexWriter(PreparedConnection connection)
    {
        _connection = connection;
        _nextDoc = connection.Number("SELECT max(doc) FROM rows") + 1;
        _count = connection.Number("SELECT count(*) FROM rows");
        _personas = ReadPersonas();
    }

    /// <summary>How many memories the index holds.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The personas of its memories, and of those that were deleted since the last purge.</summary>
    public IEnumerable<string> Personas => Volatile.Read(ref _personas).Keys;

    /// <summary>Does the work in one transaction: all of it or nothing.</summary>
    public void Commit(Action<TextIndexWriter> work)
    {
        _countInside = Count;
        _personasInside = _personas;
        _connection.Transact(() => work(this));
        Interlocked.Exchange(ref _count, _countInside);
        Volatile.Write(ref _personas, _personasInside);
    }

    /// <summary>Adds or replaces. Equal words are left where they are: a memory that only gained a source is not indexed again.</summary>
    public void Upsert(Memory memory)
    {
        var scope = memory.Scope;
        var terms = TermsOf(memory);
        object[] row =
        [
            PlaceOf(scope), TextIndexKeys.Session(scope, memory.Session), memory.At.ToUnixTimeMilliseconds(), TextIndexKeys.Speaker(scope.Platform, memory.Speaker.Id),
            TextIndexKeys.Duplicate(scope, memory.Speaker.Id, memory.Text), Questions.HasQuestion(memory.Text) ? 1L : 0L, (long)terms.Count, NumberOf(scope.Persona), NameHashes(memory.Speaker.Name), Hashes(terms),
        ];
        var (standing, isSame) = Find(memory.Id, row);
        if (isSame) return;
        if (standing is { } former) Remove(former);
        var doc = _nextDoc++;
        _connection.Execute(InsertRow, [.. row, doc, memory.Id.Value]);
        _connection.Execute("INSERT INTO words (rowid, scope, own) VALUES ($1, $2, $3)", doc, string.Join(' ', ScopeTokensOf(memory)), string.Join(' ', terms));
        _countInside++;
    }

    /// <summary>Takes one out, if it is there.</summary>
    public void Delete(MemoryId id)
    {
        if (Find(id, []).Doc is { } doc) Remove(doc);
    }

    public void SetFact(string name, string value) => _connection.Execute("INSERT OR REPLACE INTO facts (name, value) VALUES ($1, $2)", name, value);

    /// <summary>A persona may bear somebody's name; it goes with the last memory that was said to it.</summary>
    public void DeleteUnusedPersonas()
    {
        _connection.Execute("DELETE FROM personas WHERE number NOT IN (SELECT persona FROM rows)");
        _personasInside = ReadPersonas();
    }

    /// <summary>A fact that is a number; 0 when it is absent.</summary>
    public long Number(string fact) =>
        _connection.Scalar("SELECT value FROM facts WHERE name = $1", fact) is string value && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Takes everything out.</summary>
    public void Clear()
    {
        _connection.Execute("DELETE FROM rows; INSERT INTO words (words) VALUES ('delete-all'); DELETE FROM facts; DELETE FROM personas;");
        _countInside = 0;
        _personasInside = Nobody;
    }

    private (long? Doc, bool IsSame) Find(MemoryId id, object[] row) => _connection.First<(long?, bool)>(FindRow, standing =>
    {
        var isSame = row.Length > 0;
        for (var i = 0; isSame && i < row.Length; i++)
            isSame = row[i] is byte[] bytes ? bytes.AsSpan().SequenceEqual(standing.GetFieldValue<byte[]>(i)) : row[i].Equals(standing.GetInt64(i));
        return (standing.GetInt64(standing.FieldCount - 1), isSame);
    }, id.Value);

    private void Remove(long doc)
    {
        _connection.Execute("DELETE FROM words WHERE rowid = $1", doc);
        _connection.Execute("DELETE FROM rows WHERE doc = $1", doc);
        _countInside--;
    }

    /// <summary>Where it was said, and whose words it is, as tokens of the scope column.</summary>
    public static IReadOnlyList<string> ScopeTokensOf(Memory memory)
    {
        var scope = memory.Scope;
        return [TextIndexKeys.PlaceToken(PlaceOf(scope)), TextIndexKeys.SpeakerToken(scope.Platform, scope.Guild, memory.Speaker.Id, scope.Persona)];
    }

    private static long PlaceOf(MemoryScope scope) => TextIndexKeys.Place(scope.Platform, scope.Guild, scope.Channel, scope.Thread, scope.Persona);

    /// <summary>The words of its text, as tokens of the text column.</summary>
    public static List<string> TermsOf(Memory memory)
    {
        var terms = Tokens.Of(memory.Text);
        if (terms.Count > MaxTerms) terms.RemoveRange(MaxTerms, terms.Count - MaxTerms);
        if (memory.SpokenAt is { } spoken) terms.Add(spoken.Year.ToString());
        return terms;
    }

    // A single Chinese character or letter of a name is too common to name somebody.
    private static byte[] NameHashes(string name)
    {
        List<string> parts = [.. Tokens.Of(name).Where(t => t.Length > 1).Distinct()];
        var needsAll = name.Any(Tokens.IsIdeographic);
        return [.. MemoryMarshal.AsBytes([needsAll ? AllParts : 0u]), .. Hashes(parts)];
    }

    private static byte[] Hashes(List<string> terms)
    {
        var hashes = new uint[terms.Count];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = TextIndexKeys.Term(terms[i]);
        return MemoryMarshal.AsBytes<uint>(hashes).ToArray();
    }

    private long NumberOf(string persona)
    {
        if (_personasInside.TryGetValue(persona, out var known)) return known;
        var number = _connection.Number("INSERT INTO personas (name) VALUES ($1) RETURNING number", persona);
        _personasInside = _personasInside.Add(persona, number);
        return number;
    }

    private ImmutableDictionary<string, long> ReadPersonas() =>
        Nobody.AddRange(_connection.Query("SELECT name, number FROM personas", row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1))));
}
