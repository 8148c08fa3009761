using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Mnemo.Memories;
using Mnemo.Text;

namespace Mnemo.Indexing;

/// <summary>
/// The writing side of the word tables. Everything happens within <see cref="Commit"/>; what others read of it beside
/// the file, the count and the personas, follows when the transaction is in the file and not before.
/// </summary>
internal sealed class TextIndexWriter : IDisposable
{
    /// <summary>Longer texts are cut here: what a long text is about stands in its beginning.</summary>
    private const int MaxTerms = 2048;

    /// <summary>Marks a name of which every part must be named.</summary>
    public const uint AllParts = 1;

    private static readonly ImmutableDictionary<string, long> Nobody = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _insertRow;
    private readonly SqliteCommand _insertText;
    private readonly SqliteCommand _deleteRow;
    private readonly SqliteCommand _deleteText;
    private readonly SqliteCommand _insertPersona;
    private readonly SqliteCommand _setFact;
    private readonly SqliteCommand _getFact;
    private SqliteTransaction? _transaction;
    private long _nextDoc;
    private long _count;
    private long _countInside;
    private ImmutableDictionary<string, long> _personas;
    private ImmutableDictionary<string, long> _personasInside = Nobody;

    public TextIndexWriter(SqliteConnection connection)
    {
        _connection = connection;
        _find = Prepared("SELECT place, session, at, speaker, duplicate, asks, length, persona, who, terms, doc FROM rows WHERE id = $id", "$id");
        _insertRow = Prepared(
            "INSERT INTO rows (place, session, at, speaker, duplicate, asks, length, persona, who, terms, doc, id) "
            + "VALUES ($place, $session, $at, $speaker, $duplicate, $asks, $length, $persona, $who, $terms, $doc, $id)",
            "$place", "$session", "$at", "$speaker", "$duplicate", "$asks", "$length", "$persona", "$who", "$terms", "$doc", "$id");
        _insertText = Prepared("INSERT INTO words (rowid, scope, own) VALUES ($doc, $scope, $own)", "$doc", "$scope", "$own");
        _deleteRow = Prepared("DELETE FROM rows WHERE doc = $doc", "$doc");
        _deleteText = Prepared("DELETE FROM words WHERE rowid = $doc", "$doc");
        _insertPersona = Prepared("INSERT INTO personas (name) VALUES ($name) RETURNING number", "$name");
        _setFact = Prepared("INSERT OR REPLACE INTO facts (name, value) VALUES ($name, $value)", "$name", "$value");
        _getFact = Prepared("SELECT value FROM facts WHERE name = $name", "$name");
        _nextDoc = TextIndexConnections.Number(connection, "SELECT max(doc) FROM rows") + 1;
        _count = TextIndexConnections.Number(connection, "SELECT count(*) FROM rows");
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
        using var transaction = _connection.BeginTransaction(deferred: false);
        _transaction = transaction;
        work(this);
        transaction.Commit();
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
            TextIndexKeys.Duplicate(scope, memory.Speaker.Id, memory.Text), Questions.HasQuestion(memory.Text) ? 1L : 0L, (long)terms.Count, NumberOf(scope.Persona), Who(memory.Speaker.Name), Hashes(terms),
        ];
        var (standing, isSame) = Find(memory.Id, row);
        if (isSame) return;
        if (standing is { } former) Remove(former);
        var doc = _nextDoc++;
        Execute(_insertRow, [.. row, doc, memory.Id.Value]);
        Execute(_insertText, doc, string.Join(' ', ScopeTokensOf(memory)), string.Join(' ', terms));
        _countInside++;
    }

    /// <summary>Takes one out, if it is there.</summary>
    public void Delete(MemoryId id)
    {
        if (Find(id, []).Doc is { } doc) Remove(doc);
    }

    public void SetFact(string name, string value) => Execute(_setFact, name, value);

    /// <summary>A persona may bear somebody's name; it goes with the last memory that was said to it.</summary>
    public void DeleteUnusedPersonas()
    {
        TextIndexConnections.Run(_connection, "DELETE FROM personas WHERE number NOT IN (SELECT persona FROM rows)");
        _personasInside = ReadPersonas();
    }

    /// <summary>A fact that is a number; 0 when it is absent.</summary>
    public long Number(string fact)
    {
        _getFact.Transaction = _transaction;
        _getFact.Parameters[0].Value = fact;
        return _getFact.ExecuteScalar() is string value && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Takes everything out.</summary>
    public void Clear()
    {
        TextIndexConnections.Run(_connection, "DELETE FROM rows; INSERT INTO words (words) VALUES ('delete-all'); DELETE FROM facts; DELETE FROM personas;");
        _countInside = 0;
        _personasInside = Nobody;
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_find, _insertRow, _insertText, _deleteRow, _deleteText, _insertPersona, _setFact, _getFact]) command.Dispose();
    }

    private (long? Doc, bool IsSame) Find(MemoryId id, ReadOnlySpan<object> row)
    {
        _find.Transaction = _transaction;
        _find.Parameters[0].Value = id.Value;
        using var standing = _find.ExecuteReader();
        if (!standing.Read()) return (null, false);
        var isSame = row.Length > 0;
        for (var i = 0; isSame && i < row.Length; i++)
            isSame = row[i] is byte[] bytes ? bytes.AsSpan().SequenceEqual(standing.GetFieldValue<byte[]>(i)) : row[i].Equals(standing.GetInt64(i));
        return (standing.GetInt64(standing.FieldCount - 1), isSame);
    }

    private void Remove(long doc)
    {
        Execute(_deleteText, doc);
        Execute(_deleteRow, doc);
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
    private static byte[] Who(string name)
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
        _insertPersona.Transaction = _transaction;
        _insertPersona.Parameters[0].Value = persona;
        var number = (long)_insertPersona.ExecuteScalar()!;
        _personasInside = _personasInside.Add(persona, number);
        return number;
    }

    private ImmutableDictionary<string, long> ReadPersonas()
    {
        var personas = Nobody.ToBuilder();
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT name, number FROM personas";
        command.Transaction = _transaction;
        using var row = command.ExecuteReader();
        while (row.Read()) personas.Add(row.GetString(0), row.GetInt64(1));
        return personas.ToImmutable();
    }

    private SqliteCommand Prepared(string sql, params ReadOnlySpan<string> names)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private void Execute(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        command.Transaction = _transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
