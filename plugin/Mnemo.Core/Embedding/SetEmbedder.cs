using Microsoft.Extensions.AI;
using Mnemo.Memories;

namespace Mnemo.Embedding;

/// <summary>A generator that makes vectors of one fingerprint, and of no other: vectors of two models are never compared.</summary>
public sealed class SetEmbedder(IEmbeddingGenerator<string, Embedding<float>> generator, EmbeddingFingerprint fingerprint)
{
    /// <summary>What its vectors are.</summary>
    public EmbeddingFingerprint Fingerprint => fingerprint;

    /// <summary>One vector for each text, in their order.</summary>
    /// <exception cref="InvalidDataException">The generator answered something else.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0) return [];
        var vectors = await generator.GenerateAsync(texts, cancellationToken: cancellation);
        if (vectors.Count != texts.Count) throw new InvalidDataException($"The embedder answered {vectors.Count} vectors for {texts.Count} texts.");
        return [.. vectors.Select(v => v.Vector)];
    }
}
