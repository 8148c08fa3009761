using System.Text.Json;
using Mnemo.Memories;
using Mnemo.Sqlite;
using Mnemo.State;

namespace Mnemo.Privacy;

/// <summary>
/// Who was forgotten, when, and the proof of it. Until a forgetting has finished its row names the person, so that it
/// can be resumed; after that only salted hashes are left, by which a restored backup or an import can be checked.
/// </summary>
public sealed class DeletionLedger(ControlStore control)
{
    /// <summary>The receipts, the latest first.</summary>
    public async Task<IReadOnlyList<ErasureReceipt>> ReceiptsAsync(int max, CancellationToken cancellation)
        => await control.ReadAsync(c => c.Query(
            "SELECT number, who_hash, requested_at, finished_at, receipt FROM erasures WHERE finished_at IS NOT NULL ORDER BY number DESC LIMIT $1",
            r => new ErasureReceipt(r.GetInt64(0), r.GetString(1), Time(r.GetInt64(2)), Time(r.GetInt64(3)), Places(r.GetString(4))), max), cancellation);

    /// <summary>When a recovery of the control state had to begin with a ledger that may lack people; null when it never did.</summary>
    public Task<DateTimeOffset?> LostAtAsync(CancellationToken cancellation) => control.ReadAsync(c => StateValues.Time(c, StateValues.LedgerLostAt), cancellation);

    /// <summary>
    /// Which of these texts their speakers had forgotten: what they said until they last asked for it, and every memory
    /// that was erased, whatever its date. Texts without a date cannot be shown to be newer, so they count as forgotten too.
    /// </summary>
    /// <returns>One answer for each candidate, in their order.</returns>
    internal Task<IReadOnlyList<bool>> AreForgottenAsync(IReadOnlyList<ImportCandidate> candidates, CancellationToken cancellation) => control.ReadAsync<IReadOnlyList<bool>>(c =>
    {
        var requests = c.Query("SELECT who_hash, max(requested_at) FROM erasures GROUP BY who_hash", r => (Hash: r.GetString(0), At: Time(r.GetInt64(1))))
            .ToDictionary(request => request.Hash, request => request.At, StringComparer.Ordinal);
        if (requests.Count == 0) return new bool[candidates.Count];
        Dictionary<PersonKey, DateTimeOffset?> last = [];
        foreach (var person in candidates.Select(candidate => candidate.Person).Distinct()) last[person] = requests.TryGetValue(PersonHash.Of(c, person.Platform, person.UserId), out var at) ? at : null;
        return [.. candidates.Select(candidate => last[candidate.Person] is { } at && (candidate.At is null || candidate.At <= at || WasErased(c, candidate)))];
    }, cancellation);

    internal Task<OpenErasure> OpenAsync(PersonKey person, CancellationToken cancellation) => control.WriteAsync(c =>
    {
        var now = control.Now;
        var unfinished = c.First("SELECT number, who_hash, requested_at FROM erasures WHERE platform = $1 AND user = $2",
            r => new OpenErasure(r.GetInt64(0), person, r.GetString(1), Time(r.GetInt64(2)), []), person.Platform, person.UserId);
        if (unfinished is not null) return unfinished;
        var hash = PersonHash.Of(c, person.Platform, person.UserId);
        var number = c.Number("INSERT INTO erasures (platform, user, who_hash, stage, requested_at) VALUES ($1, $2, $3, $4, $5) RETURNING number",
            person.Platform, person.UserId, hash, nameof(ErasureStage.Memories), now);
        return new OpenErasure(number, person, hash, Time(now), []);
    }, cancellation);

    /// <summary>What a crash has interrupted. Those whose traces are gone already come without a name.</summary>
    internal Task<List<OpenErasure>> UnfinishedAsync(CancellationToken cancellation) => control.ReadAsync(c => c.Query(
        "SELECT number, platform, user, who_hash, requested_at, receipt FROM erasures WHERE finished_at IS NULL ORDER BY number",
        r => new OpenErasure(r.GetInt64(0), r.IsDBNull(2) ? null : new PersonKey(r.GetString(1), r.GetString(2)), r.GetString(3), Time(r.GetInt64(4)),
            r.IsDBNull(5) ? [] : Places(r.GetString(5)))), cancellation);

    internal Task RememberAsync(OpenErasure erasure, IReadOnlyList<MemoryId> ids, CancellationToken cancellation) => control.WriteAsync(c =>
    {
        foreach (var id in ids)
            c.Execute("INSERT INTO erased_memories VALUES ($1, $2) ON CONFLICT DO NOTHING", PersonHash.Of(c, erasure.Person!.Platform, id.ToString()), erasure.Number);
    }, cancellation);

    /// <summary>Takes the name out of the row. What follows can be resumed without it.</summary>
    internal static void Anonymise(PreparedConnection c, OpenErasure erasure, IReadOnlyList<ErasedPlace> places)
        => c.Execute("UPDATE erasures SET user = NULL, stage = $2, receipt = $3 WHERE number = $1",
            erasure.Number, nameof(ErasureStage.Purge), JsonSerializer.Serialize(places));

    internal Task<ErasureReceipt> FinishAsync(OpenErasure erasure, IReadOnlyList<ErasedPlace> places, CancellationToken cancellation) => control.WriteAsync(c =>
    {
        var now = control.Now;
        c.Execute("UPDATE erasures SET stage = $2, finished_at = $3, receipt = $4 WHERE number = $1",
            erasure.Number, nameof(ErasureStage.Done), now, JsonSerializer.Serialize(places));
        return new ErasureReceipt(erasure.Number, erasure.WhoHash, erasure.RequestedAt, Time(now), places);
    }, cancellation);

    private static bool WasErased(PreparedConnection c, ImportCandidate candidate)
        => c.Scalar("SELECT 1 FROM erased_memories WHERE hash = $1", PersonHash.Of(c, candidate.Person.Platform, candidate.Id.ToString())) is not null;

    private static List<ErasedPlace> Places(string json) => JsonSerializer.Deserialize<List<ErasedPlace>>(json) ?? [];

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>A memory that somebody wants to bring in, without its text.</summary>
/// <param name="Person">Who said it.</param>
/// <param name="Id">Its id.</param>
/// <param name="At">When it was said; null when nobody knows.</param>
internal sealed record ImportCandidate(PersonKey Person, MemoryId Id, DateTimeOffset? At);

/// <summary>A forgetting that has not finished.</summary>
/// <param name="Number">Its number in the ledger.</param>
/// <param name="Person">The person; null once only the purge is left.</param>
/// <param name="WhoHash">The salted hash of the person's id.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="Places">What was erased already, when only the purge is left.</param>
internal sealed record OpenErasure(long Number, PersonKey? Person, string WhoHash, DateTimeOffset RequestedAt, IReadOnlyList<ErasedPlace> Places);
