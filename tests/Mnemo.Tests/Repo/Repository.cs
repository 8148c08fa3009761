using System.Runtime.CompilerServices;

namespace Mnemo.Tests.Repo;

/// <summary>The sources, as the rules about them read them.</summary>
internal static class Repository
{
    private static readonly string[] Ignored = ["bin", "obj", ".git", "data", "TestResults", "publish"];

    public static string Root { get; } = FindRoot();

    /// <summary>The C# files below a folder, by their path from the root.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string folder, string pattern = "*.cs")
        => Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(Ignored.Contains))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(Path.Combine(Root, path))));

    public static IEnumerable<(string Path, string Text)> Sources() => Sources("plugin").Concat(Sources("tests"));

    /// <summary>The names of the folders right below a folder.</summary>
    public static IReadOnlyList<string> Folders(string folder)
        => [.. Directory.EnumerateDirectories(Path.Combine(Root, folder)).Select(d => Path.GetFileName(d)).Where(d => !Ignored.Contains(d)).Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
