using Mnemo.Tests.Harness;
using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Vectors;

public class SegmentFileTests
{
    [Fact]
    public void Rows_come_back_bit_for_bit_after_reopening()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        using (var segment = SegmentFile.Create(path, 3))
        {
            Assert.Equal(0, Append(segment, 5, [1, 2, BitConverter.UInt32BitsToSingle(0x7fc00001)]));
            Assert.Equal(1, Append(segment, -6, [-0f, 0, 9]));
            segment.Flush();
        }

        using var again = SegmentFile.Open(path, 3);
        Assert.Equal(2, again.Rows);
        var vector = new float[3];
        Assert.Equal(5, again.Read(0, vector));
        Assert.Equal(0x7fc00001u, BitConverter.SingleToUInt32Bits(vector[2]));
        Assert.Equal(-6, again.Read(1, vector));
        Assert.Equal([-0f, 0f, 9f], vector);
        Assert.Equal([-0f, 0f, 9f], again.Map()[1].ToArray());
    }

    [Fact]
    public void A_torn_tail_is_cropped_at_every_length()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        using (var segment = SegmentFile.Create(path, 2))
        {
            for (var i = 0; i < 3; i++) Append(segment, i, [i, i]);
        }

        var whole = File.ReadAllBytes(path);
        for (var length = whole.Length; length >= 64; length--)
        {
            File.WriteAllBytes(path, whole[..length]);
            using var segment = SegmentFile.Open(path, 2);
            Assert.Equal((length - 64) / segment.RowBytes, segment.Rows);
            Assert.Equal(segment.Rows, Append(segment, 77, [7, 7]));
            Assert.Equal(77, segment.Read(segment.Rows - 1, new float[2]));
        }
    }

    [Fact]
    public void Rows_beyond_the_acknowledged_ones_are_cropped_and_missing_ones_are_told()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        using (var segment = SegmentFile.Create(path, 2))
        {
            for (var i = 0; i < 3; i++) Append(segment, i, [i, i]);
        }

        using (var fewer = SegmentFile.Open(path, 2, committedRows: 2)) Assert.Equal(2, fewer.Rows);
        using var lost = SegmentFile.Open(path, 2, committedRows: 9);
        Assert.Equal(2, lost.Rows);
        Assert.Throws<SegmentFormatException>(() => lost.Read(2, new float[2]));
    }

    [Fact]
    public void Garbage_at_the_end_is_cropped_and_damage_in_the_middle_is_told()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        int rowBytes;
        using (var segment = SegmentFile.Create(path, 2))
        {
            for (var i = 0; i < 4; i++) Append(segment, i, [i, i]);
            rowBytes = segment.RowBytes;
        }

        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        bytes[64 + rowBytes + 9] ^= 1;
        File.WriteAllBytes(path, bytes);
        using var again = SegmentFile.Open(path, 2);
        Assert.Equal(3, again.Rows);
        Assert.Throws<SegmentFormatException>(() => again.Read(1, new float[2]));
        Assert.Equal(2, again.Read(2, new float[2]));
    }

    [Fact]
    public void An_erased_row_is_zeros_and_stays_at_its_place()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        using (var segment = SegmentFile.Create(path, 2))
        {
            Append(segment, 1, [1.5f, 1.5f]);
            Append(segment, 2, [123.25f, 123.25f]);
            Assert.True(segment.Erase(1));
            Assert.False(segment.Erase(1));
            segment.Flush();
        }

        Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf(BitConverter.GetBytes(123.25f)));
        using var again = SegmentFile.Open(path, 2);
        Assert.Equal(2, again.Rows);
        Assert.Throws<SegmentFormatException>(() => again.Read(1, new float[2]));
    }

    [Fact]
    public void Damaged_headers_are_refused()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "1.vec");
        SegmentFile.Create(path, 2).Dispose();
        Assert.Throws<SegmentFormatException>(() => SegmentFile.Open(path, 3));
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var bytes = whole.ToArray();
            bytes[i] ^= 0x10;
            File.WriteAllBytes(path, bytes);
            Assert.Throws<SegmentFormatException>(() => SegmentFile.Open(path, 2).Dispose());
        }
    }

    [Fact]
    public void A_view_grows_with_the_file_and_old_views_stay_until_released()
    {
        using var scratch = new ScratchDirectory();
        using var segment = SegmentFile.Create(Path.Combine(scratch.Path, "1.vec"), 2);
        Append(segment, 1, [1, 1]);
        var old = segment.Map();
        for (var i = 2; i < 5000; i++) Append(segment, i, [i, i]);
        Assert.Equal(4999, segment.Map().Count);
        Assert.Equal([4999f, 4999f], segment.Map()[4998].ToArray());
        Assert.Equal([1f, 1f], old[0].ToArray());
        segment.ReleaseOldViews();
        Assert.Equal(4999, segment.Map().Count);
    }

    private static int Append(SegmentFile segment, long id, float[] vector) => segment.Append([id], [vector]);
}
