using Xunit;

namespace Mnemo.Tests.Harness;

/// <summary>Files of the repository that are generated: compared, or rewritten when MNEMO_WRITE_DOCS is 1.</summary>
internal static class Written
{
    // Several tests write parts of one file.
    private static readonly Lock Files = new();

    public static string Root { get; } = FindRoot();

    /// <summary>Checks that the file is what <paramref name="make"/> makes of it.</summary>
    public static void Check(string name, Func<string, string> make)
    {
        lock (Files) CheckAlone(name, make);
    }

    private static void CheckAlone(string name, Func<string, string> make)
    {
        var path = Path.Combine(Root, name);
        var there = File.Exists(path) ? File.ReadAllText(path) : "";
        var made = make(there);
        if (Environment.GetEnvironmentVariable("MNEMO_WRITE_DOCS") == "1")
        {
            if (made != there) File.WriteAllText(path, made);
            return;
        }

        Assert.True(made == there, $"{name} is not what the code makes of it. Run the tests once with MNEMO_WRITE_DOCS=1 and commit what changed.");
    }

    /// <summary>Puts a generated piece between its two marks. Fails on a text that does not have both of them once: nobody would check the piece.</summary>
    public static string Between(string text, string name, string piece)
    {
        var (begin, end) = ($"<!-- generated: {name} -->\n", $"<!-- end: {name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        Assert.True(to >= 0 && text.LastIndexOf(begin, StringComparison.Ordinal) == from, $"The text does not have the marks '{begin.TrimEnd()}' and '{end}' once; put them where the piece belongs.");
        return text[..(from + begin.Length)] + piece + text[to..];
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MnemoPlugin.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
