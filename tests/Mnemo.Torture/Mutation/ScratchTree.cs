using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Mnemo.Torture.Mutation;

/// <summary>A copy of the working tree whose tests are built once; afterwards only Core's assembly is exchanged beside them.</summary>
internal sealed class ScratchTree(string place)
{
    public const string Core = "plugin/Mnemo.Core";
    private const string Tests = "tests/Mnemo.Tests", Output = Tests + "/bin/Debug/net10.0", Stamp = "tree.txt";
    private static readonly string[] LeftBehind = ["bin", "obj", ".git", "data", "TestResults", "publish"];

    private string Temporary => Path.Combine(place, "t");

    public string Root { get; } = Path.Combine(place, "tree");

    /// <summary>Copies and builds, unless that was done for the same files before.</summary>
    /// <returns>What the build hands to the compiler of Core.</returns>
    public async Task<string> PrepareAsync(string repository, string identity, CancellationToken cancellation)
    {
        var (stamp, commandLine) = (Path.Combine(place, Stamp), Path.Combine(place, "core.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation) == identity) return await File.ReadAllTextAsync(commandLine, cancellation);
        if (Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
        foreach (var path in Files(repository))
        {
            var target = Path.Combine(Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(repository, path), target);
        }

        string[] quiet = ["-v", "q", "-clp:ErrorsOnly", "-p:RunAnalyzers=false", "-p:UseSharedCompilation=false"];
        await DotnetAsync(["build", Tests, .. quiet], cancellation);
        var arguments = await DotnetAsync(
            ["build", Core, "--no-restore", "--no-dependencies", "-t:Rebuild", "-p:ProvideCommandLineArgs=true", "-getItem:CscCommandLineArgs", .. quiet], cancellation);
        await File.WriteAllTextAsync(commandLine, arguments, cancellation);
        await File.WriteAllTextAsync(stamp, identity, cancellation);
        return arguments;
    }

    /// <summary>The same for the same sources, whenever and wherever.</summary>
    public static string IdentityOf(string repository)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Files(repository))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(File.ReadAllBytes(Path.Combine(repository, path)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Puts an assembly in the place of Core's and runs tests.</summary>
    /// <param name="core">The assembly.</param>
    /// <param name="filter">Which tests, in the runner's own words.</param>
    /// <param name="limit">How long they may take.</param>
    /// <param name="cancellation">Ends them.</param>
    public async Task<TestRun> TestAsync(byte[] core, IReadOnlyList<string> filter, TimeSpan limit, CancellationToken cancellation)
    {
        await File.WriteAllBytesAsync(Path.Combine(Root, Output, "Mnemo.Core.dll"), core, cancellation);
        Directory.CreateDirectory(Temporary);
        var start = Redirected(Path.Combine(Root, Output, "Mnemo.Tests"), [.. filter, "-noColor", "-noLogo"]);
        start.Environment["TMPDIR"] = Temporary;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limit);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            return new TestRun(false, true, [], clock.Elapsed);
        }
        finally
        {
            await process.WaitForExitAsync(CancellationToken.None);
            if (Directory.Exists(Temporary)) Directory.Delete(Temporary, recursive: true);
        }

        List<string> failed = [.. (await output).Split('\n').Where(line => line.EndsWith("[FAIL]", StringComparison.Ordinal)).Select(line => line.Replace("[FAIL]", "", StringComparison.Ordinal).Trim())];
        // A program that breaks down names no test.
        if (process.ExitCode != 0 && failed.Count == 0) failed.Add((await errors).Split('\n')[0]);
        return new TestRun(process.ExitCode == 0, false, failed, clock.Elapsed);
    }

    private static IEnumerable<string> Files(string repository) => Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(repository, file)).Where(path => !path.Split(Path.DirectorySeparatorChar).Any(LeftBehind.Contains)).Order(StringComparer.Ordinal);

    private async Task<string> DotnetAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = Redirected("dotnet", arguments);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"dotnet {arguments[0]} {arguments[1]} failed: {await output}");
    }

    private ProcessStartInfo Redirected(string program, IReadOnlyList<string> arguments) => new(program, arguments)
    {
        WorkingDirectory = Root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = program != "dotnet",
    };
}

/// <summary>How a run of tests ended.</summary>
/// <param name="Passed">Whether none failed.</param>
/// <param name="TimedOut">Whether it was ended because it took too long.</param>
/// <param name="Failures">The tests that failed, in their order.</param>
/// <param name="Took">How long it took.</param>
internal sealed record TestRun(bool Passed, bool TimedOut, IReadOnlyList<string> Failures, TimeSpan Took)
{
    public string FirstFailure => Failures.Count > 0 ? Failures[0] : "";
}
