using System.Threading.Channels;
using Mnemo.Embedding;
using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Transfer;

/// <summary>
/// Reads memories from lines of JSON. Parsing, storing and the text index overlap, memory stays constant. Each batch is a
/// turn to write, so that chat, forgetting and import never write back what another has changed. Bad lines are counted
/// and named; when more than half are bad it stops. An import may be repeated: equal ids replace each other,
/// and equal lines without an id lead to one memory. What a speaker had forgotten stays forgotten; what they said afterwards is imported.
/// </summary>
public sealed class JsonlImporter(MemoryManager stores, MemoryWriter writer, DeletionLedger ledger, TimeProvider clock)
{
    private const int BatchesAhead = 2;

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="ImportException">The vectors are of another model, and <see cref="ImportOptions.ReEmbed"/> is off.</exception>
    public async Task<ImportReport> ImportAsync(Stream stream, ImportOptions options, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchRows, 1);
        var fingerprint = (await stores.ActiveAsync(cancellation)).Settings.Embedding;
        var tally = new ImportTally(options.NamedLines);
        var batches = Channel.CreateBounded<ImportBatch>(BatchesAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var parser = new ImportParser(stream, options, fingerprint, clock, tally);
        var parsing = Task.Run(() => parser.RunAsync(batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
            {
                await TakeAsync(batch, options, fingerprint, tally, cancellation);
                progress?.Report(tally.Progress(batch.Bytes));
                if (tally.IsHopeless) break;
            }
        }
        catch (ImportException e)
        {
            var report = tally.Report();
            throw new ImportException(options.IsDryRun ? e.Message : $"{e.Message} Stored of the lines before: {report.Stored}.", report);
        }
        finally
        {
            // Whatever ends the writing must also end the parsing, before its stream is closed.
            await stop.CancelAsync();
            await parsing;
            await writer.IndexedAsync();
        }

        // A turn begins when everything written before is in the text index.
        (await writer.BeginAsync(cancellation)).Dispose();
        return tally.Report();
    }

    // Who was forgotten is asked in the turn that writes: a forgetting in between would come back.
    private async Task TakeAsync(ImportBatch batch, ImportOptions options, EmbeddingFingerprint fingerprint, ImportTally tally, CancellationToken cancellation)
    {
        using var ticket = await writer.BeginAsync(cancellation, mayRunAhead: true);
        if (ticket.Active.Settings.Embedding != fingerprint) throw new ImportException("The store was exchanged for one of another embedding. Start the import again; what was stored stays.");
        await new ImportPlacement(ticket.Store, batch).PlaceAsync(cancellation);
        var memories = await RememberedAsync(batch, tally, cancellation);
        if (options.IsDryRun)
        {
            tally.AddStored(memories.Count, batch.CountPresent(memories));
            return;
        }

        foreach (var part in writer.Limits.Split(await EmbedAsync(ticket.Active.Embedder, memories, tally, cancellation)))
        {
            // A batch is stored whole or not at all, so a refusal is traced to its lines by halving.
            await RefusedRows.SetAsideAsync(part, rows => StoreAsync(ticket, rows, batch, tally, cancellation), RefusedRows.IsAboutRows, (memory, e) =>
            {
                tally.AddRefused(batch.LineOf(memory.Id), e.Message);
                return Task.CompletedTask;
            });
        }
    }

    private async Task StoreAsync(WriteTicket ticket, IReadOnlyList<Memory> memories, ImportBatch batch, ImportTally tally, CancellationToken cancellation)
    {
        if (tally.IsHopeless) return;
        await writer.StoreAsync(ticket, memories, cancellation);
        tally.AddStored(memories.Count, batch.CountPresent(memories));
    }

    /// <summary>What of the batch has to be written: neither what its speakers had forgotten, nor what the store holds already.</summary>
    private async Task<List<Memory>> RememberedAsync(ImportBatch batch, ImportTally tally, CancellationToken cancellation)
    {
        var candidates = batch.Lines.ConvertAll(line => new ImportCandidate(new PersonKey(line.Memory.Scope.Platform, line.Memory.Speaker.Id), line.Memory.Id, line.SaidAt));
        var areForgotten = await ledger.AreForgottenAsync(candidates, cancellation);
        List<ImportedLine> remembered = [.. batch.Lines.Where((_, i) => !areForgotten[i])];
        tally.AddForgotten(batch.Lines.Count - remembered.Count);
        var stored = remembered.Count(line => line.IsStored);
        tally.AddStored(stored, stored);
        return [.. remembered.Where(line => !line.IsStored).Select(line => line.Memory)];
    }

    private static async Task<IReadOnlyList<Memory>> EmbedAsync(SetEmbedder? embedder, List<Memory> memories, ImportTally tally, CancellationToken cancellation)
    {
        var bare = memories.Where(m => m.Vector.IsEmpty).ToList();
        if (bare.Count == 0) return memories;
        if (embedder is null) throw new ImportException("What made the vectors of this store cannot be had here, and some lines have none. Configure that embedder again.");
        var vectors = await embedder.EmbedAsync([.. bare.Select(m => m.Text)], cancellation);
        tally.AddEmbedded(bare.Count);
        var next = 0;
        return [.. memories.Select(m => m.Vector.IsEmpty ? m with { Vector = vectors[next++] } : m)];
    }
}
