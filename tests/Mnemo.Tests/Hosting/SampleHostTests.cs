using System.Diagnostics;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class SampleHostTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Ten_lines_give_a_bot_a_memory()
    {
        var cancellation = TestContext.Current.CancellationToken;
        // The sample is built beside the tests: …/Mnemo.Tests/bin/<configuration>/<framework>/.
        var output = Path.GetRelativePath(Path.Combine(Written.Root, "tests", "Mnemo.Tests"), AppContext.BaseDirectory);
        var program = Path.Combine(Written.Root, "tests", "Mnemo.SampleHost", output, "Mnemo.SampleHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, _scratch.Path]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        Assert.Equal((0, ""), (process.ExitCode, await complained));
        Assert.Contains("My dog is called Biscuit.", (await said).Split('\n'));
        Assert.DoesNotContain("Biscuit", await File.ReadAllTextAsync(Path.Combine(_scratch.Path, "logs", "mnemo.log"), cancellation), StringComparison.Ordinal);
    }
}
