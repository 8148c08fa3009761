using Mnemo.Embedding;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Recall;

/// <summary>
/// Finds memories for a text: by words (our own index) and by vectors (the store), read again from the store and put
/// into one order. Answers only what the asker's scope sees, and nothing said by somebody who has switched memory off.
/// A store that is away holds nobody up: what it did not say in time is left out, and the result says so.
/// </summary>
public sealed class Recaller(MemoryManager stores, TextIndex textIndex, PrivacySettings privacy, RecallOptions options, TimeProvider clock)
{
    // The ranking has the last word on what is near enough, and its cosine may differ from the store's in the last bits.
    private const float Margin = 1e-3f;

    /// <summary>The memories that answer best.</summary>
    public async Task<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (string.IsNullOrWhiteSpace(query.Text) || query.Top < 1) return RecallResult.Empty;
        if (await OpenedAsync(cancellation) is not { } before) return RecallResult.Empty with { IsStoreAway = true, AskedAt = AskedAt(query) };

        // A slow embedder holds no lease; a cut-over meanwhile may have brought a set of another embedder.
        var vector = await EmbedAsync(before.Embedder, query.Text, cancellation);
        using var lease = await stores.LeaseAsync(cancellation);
        if (lease.Active.Embedder?.Fingerprint != before.Embedder?.Fingerprint) vector = await EmbedAsync(lease.Active.Embedder, query.Text, cancellation);

        // The words are looked up, and what they find is read, while the store searches: on another core, or far away. The lease must outlive both.
        var searching = TryAsync(() => SearchAsync(lease.Interactive, query, vector, cancellation));
        Task<(IReadOnlyList<Memory> Memories, bool IsAway)> reading;
        TextResult found;
        try
        {
            found = Find(query);
            reading = TryAsync(() => lease.Interactive.GetAsync(query.Scope, [.. found.Hits.Select(h => h.Id)], ReadConsistency.Eventual, cancellation));
        }
        catch
        {
            await ((Task)searching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await Task.WhenAll(searching, reading);
        var (near, isSearchAway) = await searching;
        var (named, isReadAway) = await reading;
        var memories = near.Concat(named).DistinctBy(m => m.Id).ToList();
        var silenced = await privacy.SilencedAsync(query.Scope.Platform, cancellation);
        if (silenced.Count > 0) memories.RemoveAll(m => silenced.Contains(m.Speaker.Id, StringComparer.Ordinal));
        return new Ranking(query, options, found, vector, AskedAt(query)).Rank(memories) with { IsStoreAway = isSearchAway || isReadAway };
    }

    private DateTimeOffset AskedAt(RecallQuery query) => query.AskedAt ?? clock.GetUtcNow();

    // A store that takes long to open is away; one that cannot be opened says why.
    private async Task<ActiveStore?> OpenedAsync(CancellationToken cancellation)
    {
        try
        {
            return await stores.ActiveAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromMilliseconds(options.LongestWaitMs), clock, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static async Task<(IReadOnlyList<Memory> Memories, bool IsAway)> TryAsync(Func<Task<IReadOnlyList<Memory>>> read)
    {
        try
        {
            return (await read(), false);
        }
        catch (MemoryStoreException e) when (e.IsTransient)
        {
            return ([], true);
        }
    }

    private async Task<IReadOnlyList<Memory>> SearchAsync(IMemoryStore store, RecallQuery query, ReadOnlyMemory<float> vector, CancellationToken cancellation)
    {
        if (vector.IsEmpty) return [];
        var until = query.Before is { } before ? MemoryFilter.Range(NumberField.At, null, before.ToUnixTimeMilliseconds() - 1) : MemoryFilter.Everything;
        var least = Math.Max(-1, options.SimilarityFloor - Margin);
        var matches = await store.SearchAsync(query.Scope, new VectorQuery(vector, Math.Max(options.VectorCandidates, query.Top), until) { LeastSimilarity = least }, cancellation);
        return [.. matches.Select(m => m.Memory)];
    }

    // Without the text index a question is still answered by the vectors; the index is mended behind it.
    private TextResult Find(RecallQuery query)
    {
        // Whoever asks for many gets as many that were found by their words.
        var text = options.TextSearch;
        var wide = text with { Candidates = Math.Max(text.Candidates, query.Top), Seeds = Math.Max(text.Seeds, query.Top) };
        try
        {
            return textIndex.Search(new TextQuery(query.Scope, query.Asker, query.Text, query.Before), wide);
        }
        catch (MemoryStoreException e) when (e.IsTransient)
        {
            return TextResult.Empty with { AskerWeight = text.AskerWeight };
        }
    }

    // Without an embedder of the set's own fingerprint the words alone answer.
    private static async Task<ReadOnlyMemory<float>> EmbedAsync(SetEmbedder? embedder, string text, CancellationToken cancellation)
    {
        if (embedder is null) return ReadOnlyMemory<float>.Empty;
        var vector = (await embedder.EmbedAsync([text], cancellation))[0];
        return vector.Length == embedder.Fingerprint.Dimension && vector.Span.ContainsAnyExcept(0f) ? vector : ReadOnlyMemory<float>.Empty;
    }
}
