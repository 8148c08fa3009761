using System.IO.Hashing;
using System.Runtime.InteropServices;
using Mnemo.Backends.Rows;
using Mnemo.Vectors;

namespace Mnemo.Backends.Faiss;

/// <summary>Up to where a snapshot holds what was written: rows of segments and tombstones.</summary>
internal readonly record struct ReplayPosition(int Segment, int Rows, long Deletes);

/// <summary>
/// The directory of a snapshot's rows as a file: letters MNEMOROW, version, snapshot number, dimension, number of rows and
/// texts, the replay position; then the texts (length and UTF-16 each) and the columns one after the other; then XxHash3 of all that.
/// </summary>
internal static class RowsFile
{
    private const int Version = 1;
    private const int HashBytes = 8;
    private static ReadOnlySpan<byte> Magic => "MNEMOROW"u8;

    public static void Write(string path, int snapshot, int dimension, RowDirectory rows, ReplayPosition position)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, System.Text.Encoding.Unicode, leaveOpen: true))
        {
            writer.Write(Magic);
            foreach (var number in (int[])[Version, snapshot, dimension, rows.Count, rows.Strings.Count, position.Segment, position.Rows]) writer.Write(number);
            writer.Write(position.Deletes);
            for (var i = 0; i < rows.Strings.Count; i++)
            {
                writer.Write(rows.Strings[i].Length);
                writer.Write(MemoryMarshal.AsBytes(rows.Strings[i].AsSpan()));
            }

            var count = rows.Count;
            foreach (var column in rows.Texts) writer.Write(MemoryMarshal.AsBytes(column.AsSpan(0, count)));
            foreach (var column in (long[][])[rows.Ids, rows.At, rows.RecordedAt, rows.ValidTo]) writer.Write(MemoryMarshal.AsBytes(column.AsSpan(0, count)));
            writer.Write(MemoryMarshal.AsBytes(rows.Places.AsSpan(0, count)));
            writer.Write(MemoryMarshal.AsBytes(rows.InverseNorms.AsSpan(0, count)));
        }

        buffer.Write(BitConverter.GetBytes(XxHash3.HashToUInt64(buffer.GetBuffer().AsSpan(0, (int)buffer.Length))));
        DurableFile.Write(path, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Reads the file back.</summary>
    /// <exception cref="InvalidDataException">It is damaged, cut short, or of another snapshot.</exception>
    public static (RowDirectory Rows, ReplayPosition ReplayPosition) Read(string path, int snapshot, int dimension)
    {
        var content = File.ReadAllBytes(path);
        if (content.Length < HashBytes || XxHash3.HashToUInt64(content.AsSpan(0, content.Length - HashBytes)) != BitConverter.ToUInt64(content, content.Length - HashBytes))
            throw new InvalidDataException("it does not agree with its checksum");
        var reader = new Cursor(content.AsSpan(0, content.Length - HashBytes));
        if (!reader.Take(Magic.Length).SequenceEqual(Magic)) throw new InvalidDataException("it does not start with the letters MNEMOROW");
        var head = reader.Take<int>(7);
        if (head[0] != Version || head[1] != snapshot || head[2] != dimension) throw new InvalidDataException("it belongs to another snapshot, dimension or version");
        var position = new ReplayPosition(head[5], head[6], reader.Take<long>(1)[0]);
        var strings = new StringTable();
        for (var i = 0; i < head[4]; i++) strings.Add(new string(reader.Take<char>(reader.Take<int>(1)[0])));

        var count = head[3];
        var rows = new RowDirectory(strings, count);
        foreach (var column in rows.Texts) reader.Take<int>(count).CopyTo(column);
        foreach (var column in (long[][])[rows.Ids, rows.At, rows.RecordedAt, rows.ValidTo]) reader.Take<long>(count).CopyTo(column);
        reader.Take<RowPlace>(count).CopyTo(rows.Places);
        reader.Take<float>(count).CopyTo(rows.InverseNorms);
        if (!rows.TryRestore(count)) throw new InvalidDataException("an id stands in it twice");
        return (rows, position);
    }

    private ref struct Cursor(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public ReadOnlySpan<byte> Take(int bytes)
        {
            if ((uint)bytes > (uint)_rest.Length) throw new InvalidDataException("it is cut short");
            var part = _rest[..bytes];
            _rest = _rest[bytes..];
            return part;
        }

        public ReadOnlySpan<T> Take<T>(int count)
            where T : unmanaged
        {
            if (count < 0 || count > _rest.Length) throw new InvalidDataException("it is cut short");
            return MemoryMarshal.Cast<byte, T>(Take(checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>())));
        }
    }
}
