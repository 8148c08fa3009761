using System.Security.Cryptography;
using System.Text;
using Mnemo.Privacy;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>What somebody typed in the console, for the arrow keys: one file per speaker, named by a hash, gone with <c>me forget</c>.</summary>
internal sealed class ConsoleHistory
{
    private const int Kept = 500;
    private readonly string _path;
    private readonly List<string> _lines = [];

    public ConsoleHistory(string dataDirectory, string speakerId)
    {
        _path = PathOf(dataDirectory, speakerId);
        if (File.Exists(_path)) _lines.AddRange(File.ReadLines(_path).TakeLast(Kept));
    }

    /// <summary>The lines, oldest first; none any more once the file was erased.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            if (!File.Exists(_path)) _lines.Clear();
            return _lines;
        }
    }

    /// <summary>The files as a place that forgets with everything else.</summary>
    public static ErasureTarget Place(string dataDirectory) => new("history",
        (who, _) => Task.FromResult(who.Platform == ConsoleIdentity.Platform ? Erase(PathOf(dataDirectory, who.UserId)) : 0),
        (who, _) => Task.FromResult(who.Platform == ConsoleIdentity.Platform ? Count(PathOf(dataDirectory, who.UserId)) : 0));

    public void Add(string line)
    {
        if (line.Length == 0 || (Lines.Count > 0 && _lines[^1] == line)) return;
        _lines.Add(line);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        if (_lines.Count <= 2 * Kept)
        {
            File.AppendAllText(_path, line + "\n");
            return;
        }

        _lines.RemoveRange(0, _lines.Count - Kept);
        File.WriteAllLines(_path, _lines);
    }

    private static long Erase(string path)
    {
        var lines = Count(path);
        if (lines > 0) File.Delete(path);
        return lines;
    }

    private static long Count(string path) => File.Exists(path) ? File.ReadLines(path).LongCount() : 0;

    private static string PathOf(string dataDirectory, string speakerId)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(speakerId)))[..16];
        return Path.Combine(dataDirectory, "console", $"history-{hash}");
    }
}
