using Microsoft.Extensions.AI;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Recall;

/// <summary>
/// Finds memories for a text: by words (our own index) and by vectors (the store), read again from the store and put
/// into one order. Answers only what the asker's scope sees, and nothing said by somebody who has switched memory off.
/// </summary>
public sealed class Recaller(
    MemoryManager stores,
    TextIndex textIndex,
    IEmbeddingGenerator<string, Embedding<float>> embedder,
    PrivacySettings privacy,
    RecallOptions options,
    TimeProvider clock)
{
    // The ranking has the last word on what is near enough, and its cosine may differ from the store's in the last bits.
    private const float Margin = 1e-3f;

    /// <summary>The memories that answer best.</summary>
    public async Task<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (string.IsNullOrWhiteSpace(query.Text) || query.Top < 1) return RecallResult.Empty;
        using var lease = await stores.LeaseAsync(cancellation);
        var vector = await EmbedAsync(query.Text, lease.Active.Settings.Embedding, cancellation);

        // The text index is asked while the store searches: on another core, or far away. The lease must outlive both.
        var searching = SearchAsync(lease.Store, query, vector, cancellation);
        TextResult found;
        try
        {
            found = Find(query);
        }
        finally
        {
            await ((Task)searching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        List<Memory> memories = [.. (await searching).Select(m => m.Memory)];
        var known = memories.Select(m => m.Id).ToHashSet();
        List<MemoryId> missing = [.. found.Hits.Select(h => h.Id).Where(id => !known.Contains(id))];
        if (missing.Count > 0) memories.AddRange(await lease.Store.GetAsync(query.Scope, missing, cancellation));
        var silenced = await privacy.SilencedAsync(query.Scope.Platform, cancellation);
        if (silenced.Count > 0) memories.RemoveAll(m => silenced.Contains(m.Speaker.Id, StringComparer.Ordinal));
        return new Ranking(query, options, found, vector, query.AskedAt ?? clock.GetUtcNow()).Rank(memories);
    }

    private async Task<IReadOnlyList<Match>> SearchAsync(IMemoryStore store, RecallQuery query, ReadOnlyMemory<float> vector, CancellationToken cancellation)
    {
        if (vector.IsEmpty) return [];
        var until = query.Before is { } before ? MemoryFilter.Range(NumberField.At, null, before.ToUnixTimeMilliseconds() - 1) : MemoryFilter.Everything;
        var least = Math.Max(-1, options.SimilarityFloor - Margin);
        return await store.SearchAsync(query.Scope, new VectorQuery(vector, Math.Max(options.VectorCandidates, query.Top), until) { LeastSimilarity = least }, cancellation);
    }

    // Without the text index a question is still answered by the vectors; the index is mended behind it.
    private TextResult Find(RecallQuery query)
    {
        // Whoever asks for many gets as many that were found by their words.
        var wide = options.TextSearch with { Candidates = Math.Max(options.TextSearch.Candidates, query.Top), Seeds = Math.Max(options.TextSearch.Seeds, query.Top) };
        try
        {
            return textIndex.Search(new TextQuery(query.Scope, query.Asker, query.Text, query.Before), wide);
        }
        catch (MemoryStoreException e) when (e.IsTransient)
        {
            return TextResult.Empty with { AskerWeight = options.TextSearch.AskerWeight };
        }
    }

    // A store whose vectors another model made, though of the same length, is searched by words alone until it is re-embedded.
    private async Task<ReadOnlyMemory<float>> EmbedAsync(string text, EmbeddingFingerprint fingerprint, CancellationToken cancellation)
    {
        if (embedder.GetService<EmbeddingFingerprint>() is { } own && own != fingerprint) return ReadOnlyMemory<float>.Empty;
        var embeddings = await embedder.GenerateAsync([text], cancellationToken: cancellation);
        var vector = embeddings[0].Vector;
        return vector.Length == fingerprint.Dimension && vector.Span.ContainsAnyExcept(0f) ? vector : ReadOnlyMemory<float>.Empty;
    }
}
