using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Mnemo.Memories;
using Mnemo.Privacy;
using Mnemo.Storage;
using Mnemo.Writing;

namespace Mnemo.Transfer;

/// <summary>
/// Reads memories from lines of JSON. Parsing, storing and indexing overlap, memory stays constant. Bad lines are counted and
/// named; when more than half are bad it stops. An import may be repeated: equal ids replace each other, and equal lines
/// without an id lead to one memory. What a speaker had forgotten stays forgotten; what they said afterwards is imported.
/// </summary>
public sealed class JsonlImporter(
    MemoryManager stores, MemoryWriter writer, IEmbeddingGenerator<string, Embedding<float>> embedder, EmbeddingFingerprint fingerprint, DeletionLedger ledger, TimeProvider clock)
{
    private const int BatchesAhead = 2;
    private IReadOnlyList<Memory> _indexed = [];
    private Task _indexing = Task.CompletedTask;

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="ImportException">The vectors are of another model, and <see cref="ImportOptions.ReEmbed"/> is off.</exception>
    public async Task<ImportReport> ImportAsync(Stream stream, ImportOptions options, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchRows, 1);
        (_indexed, _indexing) = ([], Task.CompletedTask);
        var tally = new ImportTally(options.NamedLines);
        var batches = Channel.CreateBounded<ImportBatch>(BatchesAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var parser = new ImportParser(stream, options, fingerprint, clock, tally);
        var parsing = Task.Run(() => parser.RunAsync(batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellation))
            {
                using (var lease = await stores.LeaseAsync(cancellation)) await new ImportPlacement(lease.Store, batch).PlaceAsync(cancellation);
                var memories = await RememberedAsync(batch, tally, cancellation);
                if (options.IsDryRun) tally.AddStored(memories.Count, batch.CountPresent(memories));
                else foreach (var part in writer.Limits.Split(await EmbedAsync(memories, tally, cancellation))) await StoreAsync(part, batch, tally, cancellation);
                progress?.Report(tally.Progress(batch.Bytes));
                if (tally.IsHopeless) break;
            }

            await _indexing;
        }
        catch (ImportException e)
        {
            await _indexing;
            var report = tally.Report();
            throw new ImportException(options.IsDryRun ? e.Message : $"{e.Message} Stored of the lines before: {report.Stored}.", report);
        }
        finally
        {
            await _indexing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Whatever ends the writing must also end the parsing, before its stream is closed.
            await stop.CancelAsync();
            await parsing;
        }

        return tally.Report();
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

    private async Task<IReadOnlyList<Memory>> EmbedAsync(List<Memory> memories, ImportTally tally, CancellationToken cancellation)
    {
        var bare = memories.Where(m => m.Vector.IsEmpty).ToList();
        if (bare.Count == 0) return memories;
        var vectors = await embedder.GenerateAsync(bare.Select(m => m.Text), cancellationToken: cancellation);
        if (vectors.Count != bare.Count) throw new ImportException($"The embedder answered {vectors.Count} vectors for {bare.Count} texts.");
        tally.AddEmbedded(bare.Count);
        var next = 0;
        return [.. memories.Select(m => m.Vector.IsEmpty ? m with { Vector = vectors[next++].Vector } : m)];
    }

    // A batch is stored whole or not at all, so a refusal is traced to its lines by halving.
    private async Task StoreAsync(IReadOnlyList<Memory> memories, ImportBatch batch, ImportTally tally, CancellationToken cancellation)
    {
        if (memories.Count == 0) return;
        // The words of the former batch would take away the intents of this one.
        if (_indexed.Select(m => m.Id).Intersect(memories.Select(m => m.Id)).Any()) await _indexing;
        try
        {
            await writer.StoreAsync(memories, cancellation);
            tally.AddStored(memories.Count, batch.CountPresent(memories));
        }
        catch (MemoryStoreException e) when (!e.IsTransient)
        {
            if (tally.IsHopeless) return;
            if (memories.Count == 1)
            {
                tally.AddRefused(batch.LineOf(memories[0].Id), e.Message);
                return;
            }

            var half = memories.Count / 2;
            await StoreAsync([.. memories.Take(half)], batch, tally, cancellation);
            await StoreAsync([.. memories.Skip(half)], batch, tally, cancellation);
            return;
        }

        await _indexing;
        (_indexed, _indexing) = (memories, Task.Run(() => writer.IndexAsync(memories), CancellationToken.None));
    }
}
