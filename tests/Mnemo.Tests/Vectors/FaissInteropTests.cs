using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mnemo.Tests.Harness;
using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Vectors;

public class FaissInteropTests
{
    private const int Top = 10;
    private const int Queries = 200;

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.InnerProduct)]
    public async Task FAISS_reads_our_index_and_we_read_its_own_with_the_same_ten_answers(VectorMetric metric)
    {
        var python = Environment.GetEnvironmentVariable("MNEMO_TEST_FAISS_PYTHON");
        Assert.SkipUnless(python is { Length: > 0 }, "MNEMO_TEST_FAISS_PYTHON names no python that imports faiss");
        var cancellation = TestContext.Current.CancellationToken;
        using var scratch = new ScratchDirectory();
        string In(string name) => Path.Combine(scratch.Path, name);

        var (vectors, queries, dimension) = Vectors();
        var ids = Enumerable.Range(0, vectors.Length / dimension).Select(i => (1_700_000_000_000L << 22) + (i * 4_194_301L)).ToArray();
        FaissFiles.Write(In("ours.faiss"), dimension, metric, vectors, ids);
        await File.WriteAllBytesAsync(In("queries.f32"), MemoryMarshal.AsBytes(queries.AsSpan()).ToArray(), cancellation);

        await RunAsync(python!, [Script(), In("ours.faiss"), In("queries.f32"), $"{dimension}", $"{Top}", In("theirs.faiss"), In("ours.ids"), In("theirs.ids")], cancellation);

        AssertSame(In("ours.faiss"), In("ours.ids"), queries, dimension, cancellation);
        AssertSame(In("theirs.faiss"), In("theirs.ids"), queries, dimension, cancellation);
    }

    private static void AssertSame(string path, string answers, float[] queries, int dimension, CancellationToken cancellation)
    {
        using var index = FaissFlatIndex.Open(path);
        var theirs = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(answers)).ToArray();
        Assert.Equal(Queries * Top, theirs.Length);
        for (var i = 0; i < Queries; i++)
        {
            var ours = FaissFiles.Nearest(index, queries.AsSpan(i * dimension, dimension), Top, cancellation);
            Assert.Equal(theirs[(i * Top)..((i + 1) * Top)].Order(), ours.Order());
        }
    }

    /// <summary>Real vectors where the evaluation sets are at hand (distinct distances, as sift's small integers tie often), else random ones.</summary>
    private static (float[] Vectors, float[] Queries, int Dimension) Vectors()
    {
        if (Environment.GetEnvironmentVariable("MNEMO_TEST_EVAL_DIR") is { Length: > 0 } directory)
        {
            var (vectors, dimension) = ReadFvecs(Path.Combine(directory, "ann", "sift5k_base.fvecs"));
            var (queries, _) = ReadFvecs(Path.Combine(directory, "ann", "sift5k_query.fvecs"));
            var noise = new Random(11);
            for (var i = 0; i < vectors.Length; i++) vectors[i] += noise.NextSingle() / 4;
            float[] more = [.. queries, .. vectors];
            return (vectors, more[..(Queries * dimension)], dimension);
        }

        return (FaissFiles.Random(5000, 128, seed: 1), FaissFiles.Random(Queries, 128, seed: 2), 128);
    }

    private static (float[] Values, int Dimension) ReadFvecs(string path)
    {
        var words = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(path));
        var dimension = words[0];
        var rows = words.Length / (dimension + 1);
        var values = new float[rows * dimension];
        for (var row = 0; row < rows; row++) MemoryMarshal.Cast<int, float>(words.Slice((row * (dimension + 1)) + 1, dimension)).CopyTo(values.AsSpan(row * dimension));
        return (values, dimension);
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "faiss_interop.py");

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, errors);
    }
}
