using System.IO.Hashing;
using System.Runtime.InteropServices;
using Mnemo.Memories;
using Mnemo.Text;

namespace Mnemo.Indexing;

/// <summary>
/// The hashes that the text index keeps instead of names. In a search a collision costs a wasted look at most: whatever
/// is found is read again from the store under the asker's scope. Only <see cref="Duplicate"/> is taken at its word: one
/// speaker's two texts of one hash would become one memory. It has 64 bits, which makes that one in a million for a
/// speaker of six million texts.
/// </summary>
internal static class TextIndexKeys
{
    // A letter of the private use area: the tokenizer keeps it, and no text of a member can hold it after Tokens.
    private const char PlaceMark = '\uE000';
    private const char SpeakerMark = '\uE001';

    public static long Conversation(MemoryScope scope) => Hash($"{scope.Platform}\0{scope.Guild}\0{scope.Channel}\0{scope.Thread}");

    public static long Speaker(string platform, string speakerId) => Hash($"{platform}\0{speakerId}");

    /// <summary>Sessions of one name in two conversations are two sessions. 0 when unknown.</summary>
    public static long Session(MemoryScope scope, string session) => session.Length == 0 ? 0 : Hash($"{Conversation(scope)}\0{scope.Persona}\0{session}");

    /// <summary>Equal for equal words of one speaker in one conversation, whatever the letter case, blanks and closing marks.</summary>
    public static long Duplicate(MemoryScope scope, string speakerId, string text)
    {
        var folded = LetterFolding.Fold(text);
        var words = string.Join(' ', folded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', '!', '。', '~', '…', ' ', ',', ';');
        return Hash($"{Conversation(scope)}\0{scope.Persona}\0{speakerId}\0{words}");
    }

    public static uint Term(ReadOnlySpan<char> term) => XxHash32.HashToUInt32(MemoryMarshal.AsBytes(term));

    public static long Place(string platform, string guild, string channel, string thread, string persona) =>
        Hash($"{platform}\0{guild}\0{channel}\0{thread}\0{persona}");

    public static string PlaceToken(long place) => PlaceMark + place.ToString("x16");

    public static string SpeakerToken(string platform, string guild, string speakerId, string persona) =>
        SpeakerMark + Hash($"{platform}\0{guild}\0{speakerId}\0{persona}").ToString("x16");

    private static long Hash(string text) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));
}
