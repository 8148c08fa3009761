using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Mnemo.Embedding;
using Mnemo.Memories;

namespace Mnemo.Recall;

/// <summary>Puts memories into the word tables and takes them out. Runs inside the caller's transaction, on the writing connection.</summary>
internal sealed class WordWriter : IDisposable
{
    /// <summary>Longer texts are cut here: what a long text is about stands in its beginning.</summary>
    private const int MaxTerms = 2048;

    /// <summary>Marks a name of which every part must be named.</summary>
    public const uint AllParts = 1;

    private readonly SqliteCommand _find;
    private readonly SqliteCommand _insertRow;
    private readonly SqliteCommand _insertWords;
    private readonly SqliteCommand _deleteRow;
    private readonly SqliteCommand _deleteWords;
    private readonly SqliteCommand _insertPersona;
    private readonly HashSet<string> _personas;
    private long _nextDoc;

    public WordWriter(SqliteConnection connection, HashSet<string> personas)
    {
        _personas = personas;
        _find = Prepared(connection, "SELECT doc FROM rows WHERE id = $id", "$id");
        _insertRow = Prepared(connection,
            "INSERT INTO rows (doc, id, place, session, at, speaker, duplicate, asks, length, who, terms) VALUES ($doc, $id, $place, $session, $at, $speaker, $duplicate, $asks, $length, $who, $terms)",
            "$doc", "$id", "$place", "$session", "$at", "$speaker", "$duplicate", "$asks", "$length", "$who", "$terms");
        _insertWords = Prepared(connection, "INSERT INTO words (rowid, scope, own) VALUES ($doc, $scope, $own)", "$doc", "$scope", "$own");
        _deleteRow = Prepared(connection, "DELETE FROM rows WHERE doc = $doc", "$doc");
        _deleteWords = Prepared(connection, "DELETE FROM words WHERE rowid = $doc", "$doc");
        _insertPersona = Prepared(connection, "INSERT OR IGNORE INTO personas (name) VALUES ($name)", "$name");
        _nextDoc = WordDatabase.Number(connection, "SELECT max(doc) FROM rows") + 1;
    }

    /// <summary>Adds or replaces; true when it was not there before.</summary>
    public bool Upsert(Memory memory, SqliteTransaction transaction)
    {
        var isNew = !Delete(memory.Id, transaction);
        var terms = TermsOf(memory);
        var doc = _nextDoc++;
        var scope = memory.Scope;
        var place = WordKeys.Place(scope.Platform, scope.Guild, scope.Channel, scope.Thread, scope.Persona);
        var tokens = $"{WordKeys.PlaceToken(place)} {WordKeys.SpeakerToken(scope.Platform, scope.Guild, memory.Speaker.Id, scope.Persona)}";
        Execute(_insertRow, transaction, doc, memory.Id.Value, place, WordKeys.Session(memory.Scope, memory.Session), memory.At.ToUnixTimeMilliseconds(),
            WordKeys.Speaker(memory.Scope.Platform, memory.Speaker.Id), WordKeys.Duplicate(memory.Scope, memory.Speaker.Id, memory.Text),
            Questions.HasQuestion(memory.Text) ? 1L : 0L, (long)terms.Count, Who(memory.Speaker.Name), Hashes(terms));
        Execute(_insertWords, transaction, doc, tokens, string.Join(' ', terms));
        if (_personas.Add(memory.Scope.Persona)) Execute(_insertPersona, transaction, memory.Scope.Persona);
        return isNew;
    }

    /// <summary>Takes one out; false when it was not there.</summary>
    public bool Delete(MemoryId id, SqliteTransaction transaction)
    {
        _find.Transaction = transaction;
        _find.Parameters[0].Value = id.Value;
        if (_find.ExecuteScalar() is not long doc) return false;
        Execute(_deleteWords, transaction, doc);
        Execute(_deleteRow, transaction, doc);
        return true;
    }

    public void Dispose()
    {
        foreach (var command in (SqliteCommand[])[_find, _insertRow, _insertWords, _deleteRow, _deleteWords, _insertPersona]) command.Dispose();
    }

    private static List<string> TermsOf(Memory memory)
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
        for (var i = 0; i < hashes.Length; i++) hashes[i] = WordKeys.Term(terms[i]);
        return MemoryMarshal.AsBytes<uint>(hashes).ToArray();
    }

    private static SqliteCommand Prepared(SqliteConnection connection, string sql, params ReadOnlySpan<string> names)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private static void Execute(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
