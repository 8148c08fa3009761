using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Mnemo.State;

/// <summary>
/// The checksum of a waiting message: XxHash3 of its columns but its number, which changes when it is tried again, each
/// text as its length and UTF-8.
/// </summary>
internal static class MessageChecksum
{
    public static long Of(string platform, string message, string speaker, bool isQuestion, long queuedAt, ReadOnlySpan<byte> payload)
    {
        var hash = new XxHash3();
        Add(hash, Encoding.UTF8.GetBytes(platform));
        Add(hash, Encoding.UTF8.GetBytes(message));
        Add(hash, Encoding.UTF8.GetBytes(speaker));
        Add(hash, isQuestion ? 1 : 0);
        Add(hash, queuedAt);
        Add(hash, payload);
        return (long)hash.GetCurrentHashAsUInt64();
    }

    private static void Add(XxHash3 hash, ReadOnlySpan<byte> bytes)
    {
        Add(hash, bytes.Length);
        hash.Append(bytes);
    }

    private static void Add(XxHash3 hash, long number) => hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in number)));
}
