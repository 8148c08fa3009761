using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Sqlite;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Privacy;

/// <summary>
/// Forgets a person: their waiting messages, their memories with vectors and words, and every trace in the control
/// state; then it looks again, and rewrites the files so that no deleted byte is left. What others said stays. A
/// forgetting that was interrupted is finished by <see cref="ResumeAsync"/> at the next start.
/// </summary>
public sealed class Eraser(ControlStore control, Outbox outbox, ChannelSettings channels, MemoryRemover remover, IReadOnlyList<ErasureTarget> targets)
{
    /// <summary>What was forgotten, and the proofs.</summary>
    public DeletionLedger Ledger { get; } = new(control);

    /// <summary>What a forgetting would take away; changes nothing.</summary>
    public async Task<ErasurePlan> PreviewAsync(PersonKey person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        var memories = await remover.CountAsync(await SaidAsync(person, cancellation), null, cancellation);
        return await control.ReadAsync(c => new ErasurePlan(
            memories, ControlTraces.Waiting(c, person, DateTimeOffset.MaxValue), ControlTraces.Messages(c, person), ControlTraces.Conversations(c, person)), cancellation);
    }

    /// <summary>Forgets a person. Returns when the last byte is gone, with the proof.</summary>
    public async Task<ErasureReceipt> ForgetAsync(PersonKey person, IProgress<ErasureProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        return await FinishAsync(await Ledger.OpenAsync(person, cancellation), progress, cancellation);
    }

    /// <summary>Finishes what a crash has interrupted; to be called at start, before anything is captured.</summary>
    public async Task<IReadOnlyList<ErasureReceipt>> ResumeAsync(CancellationToken cancellation)
    {
        List<ErasureReceipt> receipts = [];
        foreach (var erasure in await Ledger.UnfinishedAsync(cancellation)) receipts.Add(await FinishAsync(erasure, null, cancellation));
        return receipts;
    }

    /// <summary>
    /// Takes back what a rehearsal of the bot said: it is gone from every answer and out of the counters. It leaves no
    /// receipt, and no file is rewritten for it, because nobody said it.
    /// </summary>
    /// <returns>How many memories there were.</returns>
    public async Task<long> TakeBackAsync(PersonKey person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        using var ticket = await remover.BeginAsync(cancellation);
        await outbox.RemoveAsync(person.Platform, person.UserId, cancellation);
        var memories = await remover.HideAsync(ticket, person.Said, null, null, null, cancellation);
        await control.WriteAsync(c =>
        {
            ControlTraces.Erase(c, person);
            StateValues.Add(c, StateValues.StoredTotal, -memories);
        }, cancellation);
        channels.ReadAgain();
        return memories;
    }

    private async Task<ErasureReceipt> FinishAsync(OpenErasure erasure, IProgress<ErasureProgress>? progress, CancellationToken cancellation)
    {
        // Nobody else writes while this turn lasts, so nothing of theirs can reach the store behind our back.
        using var ticket = await remover.BeginAsync(cancellation);
        // Where only the purge was left nobody knows any more whom to look for; the receipt says what it said before the crash.
        Func<PreparedConnection, IReadOnlyList<ErasedPlace>> look = erasure.Person is { } person ? await EraseAsync(ticket, erasure, person, progress, cancellation) : _ => erasure.Places;
        var total = (await control.ReadAsync(look, cancellation)).Sum(place => place.Erased);
        progress?.Report(new ErasureProgress(ErasureStage.Purge, total, total));
        await control.PurgeAsync(cancellation);
        var receipt = await Ledger.FinishAsync(erasure, await control.ReadAsync(look, cancellation), cancellation);
        progress?.Report(new ErasureProgress(ErasureStage.Done, total, total));
        return receipt;
    }

    /// <summary>Erases everything, and answers how to look again: a transaction that deletes cannot tell what is left after it.</summary>
    private async Task<Func<PreparedConnection, IReadOnlyList<ErasedPlace>>> EraseAsync(
        WriteTicket ticket, OpenErasure erasure, PersonKey person, IProgress<ErasureProgress>? progress, CancellationToken cancellation)
    {
        var waiting = await outbox.RemoveAsync(person.Platform, person.UserId, cancellation);
        var memories = await EraseMemoriesAsync(ticket, erasure, person, progress, cancellation);
        progress?.Report(new ErasureProgress(ErasureStage.Traces, memories.Erased, memories.Erased));
        var elsewhere = await EraseTargetsAsync(person, cancellation);
        var traces = await control.WriteAsync(c =>
        {
            var erased = ControlTraces.Erase(c, person);
            DeletionLedger.Anonymise(c, erasure, Look(c, erased));
            return erased;
        }, cancellation);
        channels.ReadAgain();
        return c => Look(c, traces);

        IReadOnlyList<ErasedPlace> Look(PreparedConnection c, List<ErasedTrace> erased) =>
        [
            memories, new("outbox", waiting, ControlTraces.Waiting(c, person, erasure.RequestedAt)),
            .. erased.Select(trace => new ErasedPlace(trace.Name, trace.Erased, trace.Left(c))), .. elsewhere,
        ];
    }

    private async Task<ErasedPlace> EraseMemoriesAsync(
        WriteTicket ticket, OpenErasure erasure, PersonKey person, IProgress<ErasureProgress>? progress, CancellationToken cancellation)
    {
        var said = await SaidAsync(person, cancellation);
        var total = await ticket.Store.CountAsync(said, cancellation);
        var erased = await remover.HideAsync(
            ticket, said, null,
            ids => Ledger.RememberAsync(erasure, ids, cancellation),
            done => progress?.Report(new ErasureProgress(ErasureStage.Memories, done, Math.Max(total, done))),
            cancellation);
        var purge = await remover.PurgeAsync(ticket, cancellation);
        return new ErasedPlace("store", erased, await ticket.Store.CountAsync(await SaidAsync(person, cancellation), cancellation)) { Pending = purge.Pending };
    }

    private async Task<List<ErasedPlace>> EraseTargetsAsync(PersonKey person, CancellationToken cancellation)
    {
        List<ErasedPlace> places = [];
        foreach (var target in targets) places.Add(new ErasedPlace(target.Name, await target.Erase(person, cancellation), await target.Count(person, cancellation)));
        return places;
    }

    /// <summary>
    /// Everything that they said. Earlier versions stored names of the console as they were written: whoever nobody at the
    /// console goes by may be this person in another spelling, and is looked at one by one.
    /// </summary>
    private async Task<MemoryFilter> SaidAsync(PersonKey person, CancellationToken cancellation)
    {
        if (person.Platform != PersonIds.ConsolePlatform) return person.Said;
        var seen = await control.ReadAsync(c => c.Query("SELECT id FROM users WHERE platform = $1", r => r.GetString(0), person.Platform), cancellation);
        IReadOnlyList<string> known = [.. person.Spellings, .. seen];
        var others = MemoryFilter.And(MemoryFilter.Equal(TextField.Platform, person.Platform), MemoryFilter.Not(MemoryFilter.In(TextField.Speaker, known)));
        return person.SaidAs([.. person.Spellings, .. await remover.SpeakersAsync(others, person.IsSpeakerOf, cancellation)]);
    }
}
