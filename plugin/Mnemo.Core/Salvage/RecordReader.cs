using System.Buffers.Binary;
using System.Text;

namespace Mnemo.Salvage;

/// <summary>
/// Reads the rows of a SQLite database page by page, without its schema: every page says by itself which rows are on
/// it. So a damaged page costs its own rows only. What was deleted is not read: the control state overwrites it.
/// </summary>
internal static class RecordReader
{
    private const byte IndexInterior = 0x02, IndexLeaf = 0x0A, TableLeaf = 0x0D;
    private const int FirstPageHeader = 100, LeafHeader = 8, InteriorHeader = 12;
    private const int MostColumns = 64;
    private const long MostBytes = 64L << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Every row on every page that can be read, the damaged pages of the log last.</summary>
    public static IEnumerable<StoredRecord> ReadAll(DatabasePages pages)
    {
        for (uint number = 1; number <= pages.Count; number++)
        {
            foreach (var record in On(pages, pages.Read(number).ToArray(), number == 1 ? FirstPageHeader : 0, isSound: true)) yield return record;
        }

        foreach (var frame in pages.Damaged)
        {
            foreach (var record in On(pages, pages.Read(frame).ToArray(), header: 0, isSound: false)) yield return record;
        }
    }

    private static IEnumerable<StoredRecord> On(DatabasePages pages, byte[] page, int header, bool isSound)
    {
        if (page.Length == 0 || page[header] is not (IndexInterior or IndexLeaf or TableLeaf)) yield break;
        foreach (var cell in Cells(page, header))
        {
            if (TryRead(pages, page, header, cell, isSound, out var record)) yield return record;
        }
    }

    private static List<int> Cells(byte[] page, int header)
    {
        var start = header + (page[header] == IndexInterior ? InteriorHeader : LeafHeader);
        var count = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(header + 3));
        List<int> cells = [];
        for (var i = start; i < start + (2 * count) && i + 2 <= page.Length; i += 2)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(i)) is var cell && cell >= start && cell < page.Length) cells.Add(cell);
        }

        return cells;
    }

    private static bool TryRead(DatabasePages pages, byte[] page, int header, int cell, bool isSound, out StoredRecord record)
    {
        record = null!;
        var kind = page[header];
        var at = cell + (kind == IndexInterior ? 4 : 0);
        if (!TryNumber(page, ref at, out var length) || length is <= 0 or > MostBytes) return false;
        long? key = null;
        if (kind == TableLeaf)
        {
            if (!TryNumber(page, ref at, out var rowId)) return false;
            key = rowId;
        }

        if (Payload(pages, page, at, (int)length, kind == TableLeaf) is not { } payload || Values(payload) is not { } values) return false;
        record = new StoredRecord(key, values, isSound);
        return true;
    }

    /// <summary>The bytes of a row: those on its page, and those on the chain of pages that it overflows into.</summary>
    private static byte[]? Payload(DatabasePages pages, byte[] page, int at, int length, bool isTable)
    {
        var size = page.Length;
        var most = isTable ? size - 35 : ((size - 12) * 64 / 255) - 23;
        var local = length;
        if (length > most)
        {
            var least = ((size - 12) * 32 / 255) - 23;
            var fitting = least + ((length - least) % (size - 4));
            local = fitting <= most ? fitting : least;
        }

        if (at + local + (local < length ? 4 : 0) > size) return null;
        var payload = new byte[length];
        page.AsSpan(at, local).CopyTo(payload);
        if (local == length) return payload;
        var next = BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(at + local));
        for (var done = local; done < length;)
        {
            var overflow = pages.Read(next);
            if (overflow.IsEmpty) return null;
            var part = Math.Min(length - done, size - 4);
            overflow.Slice(4, part).CopyTo(payload.AsSpan(done));
            next = BinaryPrimitives.ReadUInt32BigEndian(overflow);
            done += part;
        }

        return payload;
    }

    private static object?[]? Values(byte[] payload)
    {
        var at = 0;
        if (!TryNumber(payload, ref at, out var headerLength) || headerLength > payload.Length) return null;
        var content = (int)headerLength;
        List<object?> values = [];
        while (at < headerLength)
        {
            if (values.Count == MostColumns || !TryNumber(payload, ref at, out var type) || !TryValue(payload, ref content, type, out var value)) return null;
            values.Add(value);
        }

        return content == payload.Length ? [.. values] : null;
    }

    private static bool TryValue(byte[] payload, ref int at, long type, out object? value)
    {
        value = null;
        if (type is < 0 or 10 or 11) return false;
        var length = type switch { <= 4 => type, 5 => 6, 6 or 7 => 8, 8 or 9 => 0, _ => (type - 12) / 2 };
        if (at + length > payload.Length) return false;
        var bytes = payload.AsSpan(at, (int)length);
        at += (int)length;
        try
        {
            value = type switch
            {
                0 => null,
                7 => BinaryPrimitives.ReadDoubleBigEndian(bytes),
                8 or 9 => type - 8,
                <= 6 => Whole(bytes),
                _ when type % 2 == 0 => bytes.ToArray(),
                _ => Utf8.GetString(bytes),
            };
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static long Whole(ReadOnlySpan<byte> bytes)
    {
        var number = (long)(sbyte)bytes[0];
        foreach (var next in bytes[1..]) number = (number << 8) | next;
        return number;
    }

    private static bool TryNumber(byte[] from, ref int at, out long number)
    {
        number = 0;
        for (var i = 0; i < 9 && at < from.Length; i++)
        {
            var next = from[at++];
            if (i == 8)
            {
                number = (number << 8) | next;
                return true;
            }

            number = (number << 7) | (uint)(next & 0x7F);
            if (next < 0x80) return true;
        }

        return false;
    }
}
