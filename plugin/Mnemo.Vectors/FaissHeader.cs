using System.Buffers.Binary;
using System.Text;

namespace Mnemo.Vectors;

/// <summary>
/// The 37 bytes that start every index in FAISS's own file format (faiss/impl/index_write.cpp, write_index_header):
/// four letters, d:int32, ntotal:int64, two unused int64 of 1 &lt;&lt; 20, is_trained:byte, metric_type:int32; little-endian.
/// </summary>
internal readonly record struct FaissHeader(string Type, int Dimension, long Count, VectorMetric Metric)
{
    public const int Size = 37;
    public const int MaxDimension = 1 << 20;
    public const string FlatL2 = "IxF2";
    public const string FlatInnerProduct = "IxFI";
    public const string IdMap = "IxMp";
    public const string IdMap2 = "IxM2";
    private const long Unused = 1 << 20;

    public bool IsFlat => Type is FlatL2 or FlatInnerProduct;

    public bool IsIdMap => Type is IdMap or IdMap2;

    public void Write(Span<byte> target)
    {
        Encoding.ASCII.GetBytes(Type, target);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Dimension);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Unused);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], Unused);
        target[32] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(target[33..], Metric == VectorMetric.L2 ? 1 : 0);
    }

    /// <summary>Reads and checks a header; the type is checked first, so that a foreign file is called by its kind.</summary>
    public static FaissHeader Read(string path, ReadOnlySpan<byte> source)
    {
        if (source.Length < 4) throw new FaissFormatException(path, "it is shorter than a header");
        var type = TypeOf(path, source);
        if (source.Length < Size) throw new FaissFormatException(path, "it is shorter than a header");
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        var count = BinaryPrimitives.ReadInt64LittleEndian(source[8..]);
        var metric = BinaryPrimitives.ReadInt32LittleEndian(source[33..]);
        if (dimension is < 1 or > MaxDimension) throw new FaissFormatException(path, $"its dimension is {dimension}");
        if (count is < 0 or > int.MaxValue) throw new FaissFormatException(path, $"it claims {count} vectors");
        if (source[32] > 1) throw new FaissFormatException(path, "a flag in its header is neither 0 nor 1");
        if (metric is not (0 or 1)) throw new FaissFormatException(path, $"its metric is number {metric}; only inner product (0) and L2 (1) can be read");
        if (type == FlatL2 && metric != 1 || type == FlatInnerProduct && metric != 0) throw new FaissFormatException(path, "its type and its metric contradict each other");
        return new FaissHeader(type, dimension, count, metric == 1 ? VectorMetric.L2 : VectorMetric.InnerProduct);
    }

    private static string TypeOf(string path, ReadOnlySpan<byte> source)
    {
        foreach (var letter in source[..4])
        {
            if (letter is < 0x20 or > 0x7e) throw new FaissFormatException(path, "it does not start with the letters of an index type");
        }

        var type = Encoding.ASCII.GetString(source[..4]);
        return type is FlatL2 or FlatInnerProduct or IdMap or IdMap2
            ? type
            : throw new FaissFormatException(path, $"its index type is '{type}'; IndexFlatL2 and IndexFlatIP can be read, alone or under IndexIDMap or IndexIDMap2");
    }
}
