using System.Text;
using Mnemo.Memories;
using Xunit;

namespace Mnemo.Tests.Harness;

/// <summary>A text that occurs nowhere else, to be looked for in files after it was erased.</summary>
internal static class Canary
{
    public const string Word = "kanarienvogel-7f3a91";
    private const string Chinese = "金丝雀壹贰叁";

    // Odd components, so that the vector's bytes are a canary too.
    private static readonly float[] Vector = [0.123456f, 7.654321f, -0.777123f, 3.141059f];

    public static Memory Memory(long id) => Sample.Memory(id, $"My secret is {Word} and {Chinese}", vector: Vector) with
    {
        Quote = $"secret is {Word}",
        Speaker = new Speaker("ana", $"Ana {Word}"),
        Sources = [new SourceMessage($"message-{Word}", $"https://example.org/{Word}")],
        Attributes = new Dictionary<string, string> { ["note"] = Word },
    };

    /// <summary>Fails unless some file holds the word: what was never there proves nothing by its absence.</summary>
    public static void AssertPresent(string directory) => Assert.NotEmpty(Holders(directory));

    /// <summary>Fails with the names of the files that hold the word in UTF-8 or UTF-16, or the vector.</summary>
    public static void AssertAbsent(string directory) => Assert.Empty(Holders(directory));

    private static List<string> Holders(string directory)
    {
        byte[][] needles =
        [
            Encoding.UTF8.GetBytes(Word), Encoding.Unicode.GetBytes(Word), Encoding.UTF8.GetBytes(Chinese), Encoding.Unicode.GetBytes(Chinese),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Vector).ToArray(),
        ];
        return [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length > 0 && Read(file) is var bytes && needles.Any(needle => bytes.AsSpan().IndexOf(needle) >= 0))
            .Select(file => Path.GetRelativePath(directory, file))];
    }

    private static byte[] Read(string file)
    {
        // Open stores hold their files; sharing everything reads them as a copying tool would.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
