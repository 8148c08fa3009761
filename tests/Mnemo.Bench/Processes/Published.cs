namespace Mnemo.Bench.Processes;

/// <summary>Publishes a project the way it is shipped: ReadyToRun, for this system, on the installed runtime.</summary>
internal static class Published
{
    public static async Task<string> BuildAsync(string project, string target, CancellationToken cancellation)
    {
        Report.Progress($"publishing {Path.GetFileNameWithoutExtension(project)}");
        string[] arguments =
        [
            "publish", Path.Combine(Repository.Root(), project), "-c", "Release", "-r", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
            "-p:PublishReadyToRun=true", "--self-contained", "false", "-o", target, "--nologo", "-v", "q",
        ];
        await Child.RunAsync(Child.Command(Child.Dotnet, arguments), cancellation);
        return target;
    }
}
