using System.Runtime.InteropServices;

namespace Mnemo.Bench.Processes;

/// <summary>Publishes a program the way it is shipped: compiled ahead, together with its runtime, for this system.</summary>
internal static class Published
{
    /// <returns>The path of the executable.</returns>
    public static async Task<string> BuildAsync(string project, string name, string target, CancellationToken cancellation)
    {
        Report.Progress($"publishing {name}");
        string[] arguments = ["publish", Path.Combine(Repository.Root(), project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-o", target, "--nologo", "-v", "q"];
        await Child.RunAsync(Child.Command(Child.Dotnet, arguments), cancellation);
        return Path.Combine(target, OperatingSystem.IsWindows() ? name + ".exe" : name);
    }

    public static Task<string> HostAsync(BenchRun run, CancellationToken cancellation) =>
        BuildAsync("plugin/Mnemo.Host/Mnemo.Host.csproj", "mnemo", Path.Combine(run.Scratch, "host"), cancellation);
}
