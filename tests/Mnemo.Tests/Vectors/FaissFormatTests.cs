using System.IO.Hashing;
using Mnemo.Tests.Harness;
using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Vectors;

public class FaissFormatTests
{
    // Written by FAISS 1.7.3: IndexIDMap2(IndexFlatL2(2)), ids 7 and −1, vectors (1, 2) and (−0.5, 0).
    private const string Golden =
        "49784d32020000000200000000000000000010000000000000001000000000000101000000" +
        "49784632020000000200000000000000000010000000000000001000000000000101000000" +
        "04000000000000000000803f00000040000000bf00000000" +
        "02000000000000000700000000000000ffffffffffffffff";

    [Fact]
    public void The_bytes_are_those_that_FAISS_writes()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        FaissFiles.Write(path, 2, VectorMetric.L2, [1, 2, -0.5f, 0], [7, -1]);
        Assert.Equal(Golden, Convert.ToHexStringLower(File.ReadAllBytes(path)));
    }

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.InnerProduct)]
    public void What_is_written_comes_back_bit_for_bit(VectorMetric metric)
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        var vectors = FaissFiles.Random(50, 7, seed: 3);
        vectors[5] = BitConverter.UInt32BitsToSingle(0x7fc12345);
        vectors[6] = -0f;
        var ids = Enumerable.Range(0, 50).Select(i => long.MinValue + (i * 1234567L)).ToArray();
        var hash = FaissFiles.Write(path, 7, metric, vectors, ids);

        using var index = FaissFlatIndex.Open(path);
        Assert.Equal((7, 50, metric, true), (index.Dimension, index.Count, index.Metric, index.HasIds));
        Assert.Equal(ids, Enumerable.Range(0, 50).Select(index.IdAt));
        Assert.Equal(vectors.Select(BitConverter.SingleToUInt32Bits), FaissFiles.ReadAll(index).Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal(XxHash3.HashToUInt64(File.ReadAllBytes(path)), hash);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(768, 1000)]
    public void Reading_through_shows_every_row_and_gives_the_hash_of_the_file(int dimension, int rows)
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        var vectors = FaissFiles.Random(rows, dimension, seed: 8);
        var hash = FaissFiles.Write(path, dimension, VectorMetric.L2, vectors, [.. Enumerable.Range(0, rows).Select(i => (long)i)]);

        using var index = FaissFlatIndex.Open(path);
        var shown = new float[vectors.Length];
        Assert.Equal(hash, index.ReadThrough((row, vector) => vector.CopyTo(shown.AsSpan(row * dimension)), TestContext.Current.CancellationToken));
        Assert.Equal(vectors, shown);
    }

    [Fact]
    public void A_file_cut_short_while_it_is_open_is_told()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        FaissFiles.Write(path, 2, VectorMetric.L2, [1, 2, 3, 4], [1, 2]);
        using var index = FaissFlatIndex.Open(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^30]);
        Assert.Throws<FaissFormatException>(() => index.Read(1, new float[2]));
        Assert.Throws<FaissFormatException>(() => index.ReadThrough((_, _) => { }, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Read(2, new float[2]));
        Assert.Throws<ArgumentException>(() => index.Read(0, new float[3]));
    }

    [Fact]
    public void An_empty_index_and_one_without_ids_can_be_read()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        FaissFiles.Write(path, 3, VectorMetric.L2, [], []);
        using (var empty = FaissFlatIndex.Open(path)) Assert.Equal(0, empty.Count);

        FaissFiles.Write(path, 3, VectorMetric.InnerProduct, [1, 2, 3], [99]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[37..^16]);
        using var bare = FaissFlatIndex.Open(path);
        Assert.False(bare.HasIds);
        Assert.Equal(0, bare.IdAt(0));
        Assert.Equal([1f, 2f, 3f], FaissFiles.ReadAll(bare));
    }

    [Fact]
    public void Every_cut_and_every_longer_file_is_refused()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        var whole = Convert.FromHexString(Golden);
        for (var length = 0; length < whole.Length; length++) AssertRefused(path, whole[..length]);
        AssertRefused(path, [.. whole, 0]);
    }

    [Fact]
    public void Damaged_bytes_give_an_index_or_a_clear_refusal_and_nothing_else()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "index.faiss");
        var whole = Convert.FromHexString(Golden);
        var random = new Random(20);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => 0xff, 1 => 0x7f, _ => (byte)random.Next(256) };
            File.WriteAllBytes(path, bytes);
            try
            {
                using var index = FaissFlatIndex.Open(path);
                Assert.Equal(2, FaissFiles.Nearest(index, [1, 1], 10, TestContext.Current.CancellationToken).Length);
            }
            catch (FaissFormatException e)
            {
                Assert.EndsWith(".", e.Message);
            }
        }
    }

    [Theory]
    [InlineData("IwFl", "IwFl")]
    [InlineData("IHNf", "IHNf")]
    [InlineData("IxSQ", "IxSQ")]
    [InlineData("PK\u0003\u0004", "letters")]
    public void Another_kind_of_file_is_called_by_its_kind(string letters, string named)
    {
        using var scratch = new ScratchDirectory();
        var bytes = Convert.FromHexString(Golden);
        System.Text.Encoding.ASCII.GetBytes(letters, bytes);
        var refusal = AssertRefused(Path.Combine(scratch.Path, "index.faiss"), bytes);
        Assert.Contains(named, refusal.Problem);
    }

    [Fact]
    public void An_index_that_is_given_up_leaves_no_file()
    {
        using var scratch = new ScratchDirectory();
        using (var writer = new FaissFlatWriter(Path.Combine(scratch.Path, "index.faiss"), 2, VectorMetric.L2, 5)) writer.Append([1, 2]);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }

    private static FaissFormatException AssertRefused(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return Assert.Throws<FaissFormatException>(() => FaissFlatIndex.Open(path).Dispose());
    }
}
