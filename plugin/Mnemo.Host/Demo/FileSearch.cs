using System.Text;

namespace Mnemo.Host.Demo;

/// <summary>
/// Looks for words in every byte of every file of a directory, in any case, as UTF-8 and as UTF-16: what is not found
/// here cannot be read out of the files by anybody.
/// </summary>
internal static class FileSearch
{
    public static FileSearchResult Run(string directory, IReadOnlyList<string> words)
    {
        var needles = words.SelectMany(w => new[] { Encoding.UTF8.GetBytes(w), Encoding.Unicode.GetBytes(w) }).Select(Folded).ToList();
        var (files, bytes, hits) = (0, 0L, 0L);
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            files++;
            // The lock file is held for its owner alone, and is empty.
            if (new FileInfo(path).Length == 0) continue;
            var content = Read(path);
            bytes += content.Length;
            hits += needles.Sum(n => Count(content, n));
        }

        return new FileSearchResult(files, bytes, hits);
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return Folded(copy.ToArray());
    }

    // Both sides are folded byte by byte: in UTF-16 half of a Chinese character may look like a capital letter.
    private static byte[] Folded(byte[] content)
    {
        for (var at = 0; at < content.Length; at++)
        {
            if (content[at] is >= (byte)'A' and <= (byte)'Z') content[at] += 32;
        }

        return content;
    }

    private static long Count(ReadOnlySpan<byte> content, ReadOnlySpan<byte> needle)
    {
        var count = 0L;
        for (var at = content.IndexOf(needle); at >= 0; at = content.IndexOf(needle))
        {
            count++;
            content = content[(at + needle.Length)..];
        }

        return count;
    }
}

/// <summary>What a search of files found.</summary>
/// <param name="Files">How many files there were.</param>
/// <param name="Bytes">How many bytes they held.</param>
/// <param name="Hits">How often one of the words was found.</param>
internal sealed record FileSearchResult(int Files, long Bytes, long Hits);
