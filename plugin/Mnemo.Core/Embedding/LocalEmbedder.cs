using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Mnemo.Memories;
using Mnemo.Text;

namespace Mnemo.Embedding;

/// <summary>
/// The embedder that is always there: words and character n-grams hashed into a unit vector. Deterministic, needs no
/// model and no state; its answers never depend on what else was embedded.
/// </summary>
public sealed class LocalEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int LeastDimension = 16;
    private const int ShortestGram = 3;
    private const int LongestGram = 5;
    private const float WordWeight = 1f;
    private const float GramWeight = 0.35f;
    private const float BigramWeight = 1f;

    private readonly int _dimension;

    /// <summary>An embedder of that many floats per vector.</summary>
    public LocalEmbedder(int dimension = 512)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, LeastDimension);
        _dimension = dimension;
        Fingerprint = new EmbeddingFingerprint("local", "hashed-ngrams-1", dimension, Normalised: true);
    }

    /// <summary>The embedder that makes such vectors; null when this one never did.</summary>
    public static LocalEmbedder? For(EmbeddingFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var embedder = fingerprint.Dimension < LeastDimension ? null : new LocalEmbedder(fingerprint.Dimension);
        return embedder?.Fingerprint == fingerprint ? embedder : null;
    }

    /// <summary>What its vectors are marked with.</summary>
    public EmbeddingFingerprint Fingerprint { get; }

    /// <summary>The unit vector of a text; never zero, not even for an empty text.</summary>
    public float[] Embed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var vector = new float[_dimension];
        Dictionary<string, int> counts = [];
        foreach (var term in Tokens.Of(text)) counts[term] = counts.GetValueOrDefault(term) + 1;
        foreach (var (term, count) in counts) AddTerm(vector, term, 1f + MathF.Log(count));
        if (TensorPrimitives.Norm(vector) < 1e-6f)
        {
            Array.Clear(vector);
            Add(vector, $"\0{text}", 1f);
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }

    /// <inheritdoc />
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        GeneratedEmbeddings<Embedding<float>> embeddings = [];
        foreach (var value in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(value)) { ModelId = Fingerprint.Model });
        }

        return Task.FromResult(embeddings);
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : serviceKey is null && serviceType == typeof(EmbeddingFingerprint) ? Fingerprint : null;

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static void AddTerm(float[] vector, string term, float weight)
    {
        if (Tokens.IsIdeographic(term[0]))
        {
            Add(vector, term, weight * (term.Length == 1 ? GramWeight : BigramWeight));
            return;
        }

        Add(vector, term, weight * WordWeight);
        var framed = $"^{term}$";
        var grams = 0;
        for (var size = ShortestGram; size <= LongestGram; size++) grams += Math.Max(0, framed.Length - size + 1);
        if (grams == 0) return;
        var share = weight * GramWeight;
        for (var size = ShortestGram; size <= LongestGram; size++)
        {
            for (var at = 0; at + size <= framed.Length; at++) Add(vector, framed.AsSpan(at, size), share);
        }
    }

    private static void Add(float[] vector, ReadOnlySpan<char> feature, float weight)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(feature));
        vector[(int)((hash >> 1) % (ulong)vector.Length)] += (hash & 1) == 0 ? weight : -weight;
    }
}
