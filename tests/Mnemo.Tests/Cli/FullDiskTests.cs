using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Cli;

/// <summary>The program on a small disk of its own: a file system in memory whose size the script changes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Script = """
        set -e
        disk=$1; mnemo=$2; data=$disk/data
        mount -t tmpfs -o size=2g none "$disk"
        used() { df -k "$disk" | awk 'END { print $3 }'; }
        resize() { mount -o remount,size="$1" "$disk"; }
        say() { printf '%s\n' "$1" | dotnet exec "$mnemo" chat --as ana --data "$data" 2>&1 || echo "exit $?"; }
        echo '# room'; say 'My dog is called Biscuit.'
        resize "$(($(used) + 4096))k"
        echo '# little'; say 'My cat is called Tom.'
        echo '# little, asked'; say 'What is my dog called?'
        resize "$(used)k"
        echo '# none'; say 'My horse is called Rocinante.'
        echo '# none, exported'; dotnet exec "$mnemo" export "$disk/out.jsonl" --data "$data" 2>&1 || echo "exit $?"
        resize 2g
        echo '# room again'; say 'What is my dog called?'; say 'What is my cat called?'; say 'What is my horse called?'
        dotnet exec "$mnemo" memory doctor --data "$data" 2>&1 || echo "exit $?"
        """;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_full_disk_is_told_of_and_loses_nothing_that_was_acknowledged()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_scratch.Path, "disk")).FullName;
        var canMount = await MnemoProcess.RunMountingAsync(_scratch.Path, "mount -t tmpfs none \"$1\"", disk) is not null;
        Assert.SkipUnless(canMount, "A file system of its own cannot be mounted here (unshare -rm).");
        var output = await MnemoProcess.RunMountingAsync(_scratch.Path, Script, disk);
        Assert.NotNull(output);
        var steps = output.Split("# ", StringSplitOptions.RemoveEmptyEntries);
        string Step(string name) => Assert.Single(steps, s => s.StartsWith(name + "\n", StringComparison.Ordinal));

        Assert.Contains("remembered ✓ 1", Step("room"), StringComparison.Ordinal);
        Assert.Contains("make room", Step("little"), StringComparison.Ordinal);
        Assert.EndsWith("exit 1\n", Step("little"), StringComparison.Ordinal);
        Assert.Contains("Biscuit", Step("little, asked"), StringComparison.Ordinal);
        foreach (var step in new[] { Step("none"), Step("none, exported") })
        {
            Assert.Contains("full", step, StringComparison.Ordinal);
            Assert.EndsWith("exit 1\n", step, StringComparison.Ordinal);
        }

        Assert.All(steps, step => Assert.DoesNotContain("   at ", step, StringComparison.Ordinal));
        var again = Step("room again");
        Assert.Contains("Biscuit", again, StringComparison.Ordinal);
        Assert.Contains("Tom", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Rocinante", again, StringComparison.Ordinal);
        Assert.Contains("2 records, 2 in the text index", again, StringComparison.Ordinal);
        Assert.DoesNotContain("✗", again, StringComparison.Ordinal);
    }
}
