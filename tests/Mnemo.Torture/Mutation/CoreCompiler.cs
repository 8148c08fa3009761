using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Mnemo.Torture.Mutation;

/// <summary>Compiles Core in this process, as the build would, with one file changed. A mutant costs a second that way, not a build.</summary>
internal sealed class CoreCompiler
{
    private readonly CSharpCompilation _original;
    private readonly Dictionary<string, SyntaxTree> _trees;
    private GeneratorDriver _generators;

    private CoreCompiler(CSharpCompilation original, Dictionary<string, SyntaxTree> trees, GeneratorDriver generators) => (_original, _trees, _generators) = (original, trees, generators);

    /// <summary>The files, by their path from the root.</summary>
    public IReadOnlyDictionary<string, SyntaxTree> Trees => _trees;

    /// <param name="root">The tree; its Core has been built.</param>
    /// <param name="commandLine">What the build hands to the compiler, as <c>-getItem:CscCommandLineArgs</c> prints it.</param>
    public static CoreCompiler Open(string root, string commandLine)
    {
        using var json = JsonDocument.Parse(commandLine);
        var arguments = json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(a => a.GetProperty("Identity").GetString()!);
        var parsed = CSharpCommandLineParser.Default.Parse(arguments, Path.Combine(root, ScratchTree.Core), sdkDirectory: null);
        var trees = parsed.SourceFiles.Select(f => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(f.Path), System.Text.Encoding.UTF8), parsed.ParseOptions, f.Path)).ToList();
        var references = parsed.MetadataReferences.Select(r => MetadataReference.CreateFromFile(r.Reference, r.Properties));
        var options = parsed.CompilationOptions.WithGeneralDiagnosticOption(ReportDiagnostic.Default).WithSpecificDiagnosticOptions([]);
        var loader = new Loader();
        var generators = parsed.AnalyzerReferences.Where(r => Path.GetFileName(r.FilePath).Contains("Generator", StringComparison.Ordinal))
            .SelectMany(r => new AnalyzerFileReference(r.FilePath, loader).GetGenerators(LanguageNames.CSharp));
        return new CoreCompiler(
            CSharpCompilation.Create(parsed.CompilationName, trees, references, options),
            trees.ToDictionary(t => Path.GetRelativePath(root, t.FilePath).Replace('\\', '/'), StringComparer.Ordinal),
            CSharpGeneratorDriver.Create(generators, parseOptions: parsed.ParseOptions));
    }

    /// <summary>The assembly with a change, or without one; null when the change is no program.</summary>
    public byte[]? Compile(Mutant? mutant)
    {
        var compilation = _original;
        if (mutant is not null)
        {
            var tree = _trees[mutant.Path];
            compilation = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(mutant.Apply(tree.ToString()), System.Text.Encoding.UTF8)));
        }

        _generators = _generators.RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _);
        using var assembly = new MemoryStream();
        var result = complete.Emit(assembly);
        if (!result.Success && mutant is null) throw new InvalidOperationException($"Core does not compile: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
        return result.Success ? assembly.ToArray() : null;
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
