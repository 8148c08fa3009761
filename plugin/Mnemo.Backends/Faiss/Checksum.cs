using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Mnemo.Memories;

namespace Mnemo.Backends.Faiss;

/// <summary>
/// The checksum of a record: XxHash3 over every field of the memory but its vector and what made it, each text as its
/// length and UTF-8, each time as milliseconds. Made of the memory, not of the document, so that reading need not serialise.
/// </summary>
internal readonly ref struct Checksum
{
    private const int TextOnStack = 512;
    private readonly XxHash3 _hash = new();

    private Checksum(Memory memory)
    {
        Add(memory.Id.Value);
        foreach (var text in (ReadOnlySpan<string>)[memory.Scope.Platform, memory.Scope.Guild, memory.Scope.Channel, memory.Scope.Thread, memory.Scope.Subject, memory.Scope.Persona])
            Add(text);
        foreach (var text in (ReadOnlySpan<string>)[memory.Speaker.Id, memory.Speaker.Name, memory.Text, memory.Session, memory.Quote]) Add(text);
        foreach (var number in (ReadOnlySpan<long>)[(long)memory.Kind, (long)memory.Trust, memory.Revision, BitConverter.SingleToInt32Bits(memory.Importance)]) Add(number);
        foreach (var time in (ReadOnlySpan<DateTimeOffset?>)[memory.SpokenAt, memory.RecordedAt, memory.ValidTo]) Add(time);
        Add(memory.SupersededBy?.Value ?? long.MinValue);
        Add(memory.Sources.Count);
        foreach (var source in memory.Sources)
        {
            Add(source.MessageId);
            Add(source.Link);
            Add(source.At);
        }

        // Records of the version before have none, and keep their checksum.
        if (memory.Repetitions > 0) Add(memory.Repetitions);
        Add(memory.Attributes.Count);
        foreach (var (name, value) in memory.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Add(name);
            Add(value);
        }
    }

    public static long Of(Memory memory) => (long)new Checksum(memory)._hash.GetCurrentHashAsUInt64();

    private void Add(long number) => _hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in number)));

    private void Add(DateTimeOffset? time) => Add(time?.ToUnixTimeMilliseconds() ?? long.MinValue);

    private void Add(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= TextOnStack ? stackalloc byte[TextOnStack] : new byte[most];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        Add(length);
        _hash.Append(bytes[..length]);
    }
}
