using Mnemo.Bench.Vectors;
using Mnemo.Memories;
using Mnemo.Transfer;

namespace Mnemo.Bench.Scale;

/// <summary>A file to import: made-up talk as memories, with random directions for vectors.</summary>
internal static class Corpus
{
    public static async Task WriteAsync(string path, Talk talk, int rows, int dimension, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var fingerprint = new Embedding.LocalEmbedder(dimension).Fingerprint;
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        for (var i = 0; i < rows; i++)
        {
            var message = talk.Message(i);
            await file.WriteAsync(MemoryJson.Write(new Memory
            {
                Id = MemoryId.From(message.At!.Value, message.Id, 0),
                Scope = message.Scope,
                Speaker = message.Speaker,
                Text = message.Text,
                Session = talk.Session(i),
                Sources = [new SourceMessage(message.Id, "", message.At)],
                SpokenAt = message.At,
                RecordedAt = message.At!.Value,
                Embedding = fingerprint,
                Vector = UnitVectors.Next(random, dimension),
            }), cancellation);
            file.WriteByte((byte)'\n');
        }
    }
}
