using System.Text.RegularExpressions;

namespace Mnemo.Tests.Repo;

/// <summary>
/// Which namespaces of a project use which others of it: by a using line, by a qualified name, or by the bare name of a
/// type that an enclosing namespace holds.
/// </summary>
internal sealed partial class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <param name="sources">The files of one project.</param>
    public NamespaceGraph(IEnumerable<(string Path, string Text)> sources)
    {
        List<Source> files = [.. sources.Select(s => Source.Of(s.Path, CodeText.Blank(s.Text))).Where(s => s.Namespace.Length > 0)];
        var homes = files.SelectMany(f => f.Types.Select(type => (Type: type, f.Namespace))).ToLookup(t => t.Type, t => t.Namespace, StringComparer.Ordinal);
        var own = files.Select(f => f.Namespace).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var used in file.Usings.Where(own.Contains)) Add(file, used, "using");
            foreach (var name in file.Names)
            {
                foreach (var (home, type) in HomesOf(name, file, homes, own)) Add(file, home, type);
            }
        }
    }

    /// <summary>Namespaces that use each other in a circle, as a path with the file that takes each step; empty when there are none.</summary>
    public string Cycle()
    {
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (var start in _uses.Keys)
        {
            if (CycleFrom(start, [], done) is { Count: > 0 } path) return string.Join('\n', path);
        }

        return "";
    }

    private List<string> CycleFrom(string at, List<(string Namespace, string Step)> path, HashSet<string> done)
    {
        var begins = path.FindIndex(p => p.Namespace == at);
        if (begins >= 0) return [.. path.Skip(begins).Select(p => p.Step)];
        if (done.Contains(at) || !_uses.TryGetValue(at, out var uses)) return [];
        foreach (var (used, evidence) in uses)
        {
            if (CycleFrom(used, [.. path, (at, $"{at} -> {used} ({evidence})")], done) is { Count: > 0 } found) return found;
        }

        done.Add(at);
        return [];
    }

    private void Add(Source file, string used, string evidence)
    {
        if (used == file.Namespace) return;
        if (!_uses.TryGetValue(file.Namespace, out var uses)) _uses.Add(file.Namespace, uses = new(StringComparer.Ordinal));
        uses.TryAdd(used, $"{file.Path}: {evidence}");
    }

    private static IEnumerable<(string Home, string Type)> HomesOf(string name, Source file, ILookup<string, string> homes, HashSet<string> own)
    {
        var parts = name.Split('.');
        var enclosing = Enclosing(file.Namespace).ToList();
        foreach (var home in homes[parts[0]].Where(enclosing.Contains)) yield return (home, parts[0]);
        for (var i = 1; i < parts.Length; i++)
        {
            var qualifier = string.Join('.', parts[..i]);
            foreach (var home in homes[parts[i]].Where(own.Contains))
            {
                if (home == qualifier || enclosing.Any(e => home == $"{e}.{qualifier}")) yield return (home, name);
            }
        }
    }

    /// <summary>The namespace itself and all around it.</summary>
    private static IEnumerable<string> Enclosing(string name)
    {
        for (var at = name; at.Length > 0; at = at.Contains('.', StringComparison.Ordinal) ? at[..at.LastIndexOf('.')] : "") yield return at;
    }

    private sealed record Source(string Path, string Namespace, IReadOnlySet<string> Types, IReadOnlySet<string> Usings, IReadOnlySet<string> Names)
    {
        public static Source Of(string path, string code) => new(
            path,
            NamespaceLine().Match(code).Groups["name"].Value,
            All(TypeHead().Matches(code)),
            All(UsingLine().Matches(code)),
            All(DottedName().Matches(UsingLine().Replace(NamespaceLine().Replace(code, ""), ""))));

        private static HashSet<string> All(MatchCollection matches) => matches.Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingLine();

    // Types of a namespace stand at the margin; what is indented belongs to one of them.
    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref)\s+)*(?:class|record\s+struct|record|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"(?<![\w.])(?<name>\w+(?:\s*\.\s*\w+)*)", RegexOptions.ExplicitCapture)]
    private static partial Regex DottedName();
}
