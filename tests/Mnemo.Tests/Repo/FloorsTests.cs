using System.Text.RegularExpressions;
using Mnemo.Backends;
using Xunit;

namespace Mnemo.Tests.Repo;

public sealed partial class FloorsTests
{
    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Mnemo.Vectors"] = 0,
        ["Mnemo.Discord"] = 0,
        ["Mnemo.Core"] = 1,
        ["Mnemo.Backends"] = 2,
        ["Mnemo.Plugin"] = 3,
        ["Mnemo.Host"] = 4,
        ["Mnemo.DiscordNet"] = 4,
    };

    [Fact]
    public void Projects_refer_to_lower_floors_only()
    {
        foreach (var project in Repository.Folders("plugin"))
        {
            Assert.True(Floors.TryGetValue(project, out var floor), $"{project} stands on no floor; give it one here and in ARCHITECTURE.md.");
            foreach (var reference in References(project))
            {
                Assert.True(Floors[reference] < floor, $"{project} (floor {floor}) refers to {reference} (floor {Floors[reference]}).");
            }
        }
    }

    [Fact]
    public void Namespaces_of_a_project_do_not_use_each_other_in_a_circle()
    {
        foreach (var project in Repository.Folders("plugin"))
        {
            var cycle = new NamespaceGraph(Repository.Sources($"plugin/{project}")).Cycle();
            Assert.True(cycle.Length == 0, $"{project} goes round in a circle:\n{cycle}");
        }
    }

    [Theory]
    [InlineData("using A.Two;", "Two.Lower x;", "using line")]
    [InlineData("", "Two.Lower x;", "name that starts in the enclosing namespace")]
    [InlineData("", "A.Two.Lower x;", "whole name")]
    [InlineData("", "Root x;", "name of a type that the enclosing namespace holds")]
    public void A_circle_is_found_by_its(string usings, string member, string what)
    {
        (string, string)[] sources =
        [
            ("One.cs", $"{usings}\nnamespace A.One;\n\ninternal class Upper {{ {member} }}"),
            ("Two.cs", "using A.One;\nnamespace A.Two;\n\ninternal sealed class Lower {{ Upper x; }}"),
            ("Root.cs", "using A.One;\nnamespace A;\n\npublic static class Root {{ }}"),
        ];
        Assert.True(new NamespaceGraph(sources).Cycle().Contains("A.One -> ", StringComparison.Ordinal), what);
        Assert.Empty(new NamespaceGraph(sources[1..]).Cycle());
    }

    [Fact]
    public void Every_folder_and_type_of_the_floors_and_flows_in_ARCHITECTURE_is_there()
    {
        var page = Repository.Read("plugin/ARCHITECTURE.md");
        var described = page[page.IndexOf("## Floors", StringComparison.Ordinal)..page.IndexOf("## Invariants", StringComparison.Ordinal)];
        var files = Repository.Sources("plugin").Select(s => s.Path["plugin/".Length..]).ToList();
        var types = Repository.Sources("plugin").SelectMany(s => TypeName().Matches(s.Text).Select(m => m.Groups["name"].Value)).ToHashSet(StringComparer.Ordinal);
        var names = CodeName().Matches(described).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(names.Count > 20, "The flows of ARCHITECTURE.md name hardly anything.");
        Assert.All(names, name => Assert.True(IsThere(name), $"ARCHITECTURE.md speaks of {name}, which is not there."));

        bool IsThere(string name) => name.Contains('/', StringComparison.Ordinal)
            ? files.Any(f => $"/{f}".Contains($"/{name}.cs", StringComparison.Ordinal))
            : types.Contains(name.Split('.')[0]) || files.Any(f => $"/{f}".Contains($"/{name}/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_core_knows_no_vendor_of_a_store_or_a_chat()
    {
        var packages = Packages("Mnemo.Core").Concat(Packages("Mnemo.Vectors")).Where(p => p != "Microsoft.Data.Sqlite").ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.DoesNotMatch("(?i)litedb|npgsql|pgvector|sqlite|libsql|milvus|faiss|grpc|protobuf|discord|netcord|aspnetcore|spectre|serilog", package));
    }

    [Fact]
    public void A_folder_of_the_backends_names_no_backend_but_itself()
    {
        Assert.NotEmpty(BackendFolders());
        foreach (var folder in Repository.Folders("plugin/Mnemo.Backends"))
        {
            foreach (var (path, text) in Repository.Sources($"plugin/Mnemo.Backends/{folder}"))
            {
                foreach (var sibling in BackendFolders().Where(other => other != folder))
                {
                    Assert.False(Regex.IsMatch(text, $@"\b{sibling}\.|\b{sibling}(Backend|Store)\b|Mnemo\.Backends\.{sibling}\b"), $"{path} names its sibling {sibling}.");
                }
            }
        }
    }

    [Fact]
    public void Every_backend_has_its_folder_and_its_line_in_the_list()
    {
        var list = Repository.Read("plugin/Mnemo.Backends/KnownBackends.cs");
        Assert.All(BackendFolders(), folder => Assert.Contains($"{folder}.{folder}Backend.Description", list, StringComparison.Ordinal));
        Assert.Equal(BackendFolders().Count, KnownBackends.All.Count);
    }

    [Fact]
    public void No_code_but_its_own_folder_names_a_backend()
    {
        foreach (var backend in KnownBackends.All)
        {
            var home = BackendFolders().Single(f => string.Equals(f, backend.Name, StringComparison.OrdinalIgnoreCase));
            foreach (var (path, text) in Repository.Sources("plugin").Where(s => !s.Path.StartsWith($"plugin/Mnemo.Backends/{home}/", StringComparison.Ordinal)))
            {
                Assert.False(text.Contains($"\"{backend.Name}\"", StringComparison.OrdinalIgnoreCase), $"{path} names the backend '{backend.Name}'; ask the registry instead.");
                Assert.False(path != "plugin/Mnemo.Backends/KnownBackends.cs" && Regex.IsMatch(CodeText.Blank(text), $@"\b{home}Backend\b"), $"{path} refers to {home}Backend; ask the registry instead.");
            }
        }
    }

    [Fact]
    public void A_descriptor_holds_no_vendor_type()
    {
        foreach (var (path, text) in Repository.Sources("plugin/Mnemo.Backends").Where(s => s.Path.EndsWith("Backend.cs", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch(@"using (LiteDB|Npgsql|Grpc|Microsoft\.Data\.Sqlite)", text);
            Assert.NotEmpty(path);
        }
    }

    [Fact]
    public void Only_the_executable_and_the_tests_have_an_entry_point()
    {
        var executables = Repository.Folders("plugin").Where(p => Repository.Read($"plugin/{p}/{p}.csproj").Contains("<OutputType>Exe", StringComparison.Ordinal));
        Assert.Equal(["Mnemo.Host"], executables);
    }

    /// <summary>The folders that hold a backend; what is beside them is shared by several.</summary>
    private static List<string> BackendFolders()
        => [.. Repository.Folders("plugin/Mnemo.Backends").Where(f => File.Exists(Path.Combine(Repository.Root, "plugin/Mnemo.Backends", f, f + "Backend.cs")))];

    private static IEnumerable<string> References(string project)
        => ProjectReference().Matches(Repository.Read($"plugin/{project}/{project}.csproj")).Select(m => m.Groups[1].Value);

    private static IEnumerable<string> Packages(string project)
        => PackageReference().Matches(Repository.Read($"plugin/{project}/{project}.csproj")).Select(m => m.Groups[1].Value);

    [GeneratedRegex("""<ProjectReference Include="[^"]*?([\w.]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("""<PackageReference Include="([^"]+)""")]
    private static partial Regex PackageReference();

    [GeneratedRegex("`(?<name>[A-Z][\\w./]*?)(\\.cs)?`", RegexOptions.ExplicitCapture)]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\b(class|record struct|record|struct|interface|enum) (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeName();
}
