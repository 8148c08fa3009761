using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Mnemo.Memories;

/// <summary>
/// The key of a memory: Unix milliseconds of when it was spoken, shifted left by 22 bits, plus 22 bits taken from
/// the source message and ordinal. Ids sort by time and a re-capture of the same message yields the same id.
/// </summary>
/// <param name="Value">The raw 64 bits. Imported ids are kept as they are, negative ones included.</param>
public readonly record struct MemoryId(long Value) : IComparable<MemoryId>
{
    private const int HashBits = 22;

    /// <summary>Derives the id of the <paramref name="ordinal"/>-th memory made from a source message.</summary>
    /// <param name="spokenAt">When it was said; times before 1970 count as 0.</param>
    /// <param name="source">The id of the source message.</param>
    /// <param name="ordinal">0 for the first memory of that message; the next free one after a collision.</param>
    public static MemoryId From(DateTimeOffset spokenAt, string source, int ordinal)
    {
        ArgumentNullException.ThrowIfNull(source);
        var milliseconds = Math.Clamp(spokenAt.ToUnixTimeMilliseconds(), 0, long.MaxValue >> HashBits);
        var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ordinal}\n{source}")));
        return new MemoryId((milliseconds << HashBits) | (long)(hash & ((1UL << HashBits) - 1)));
    }

    /// <summary>Reads the decimal form, as printed by <see cref="ToString"/>.</summary>
    public static bool TryParse(string? text, out MemoryId id)
    {
        var ok = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        id = new MemoryId(value);
        return ok;
    }

    /// <inheritdoc />
    public int CompareTo(MemoryId other) => Value.CompareTo(other.Value);

    /// <summary>The decimal form. Ids travel as strings, because JSON readers round 64-bit numbers.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Orders by value.</summary>
    public static bool operator <(MemoryId left, MemoryId right) => left.Value < right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >(MemoryId left, MemoryId right) => left.Value > right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator <=(MemoryId left, MemoryId right) => left.Value <= right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >=(MemoryId left, MemoryId right) => left.Value >= right.Value;
}
