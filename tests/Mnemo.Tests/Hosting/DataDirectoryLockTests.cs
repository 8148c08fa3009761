using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_second_owner_is_refused_by_the_first_ones_pid_and_welcome_afterwards()
    {
        using (DataDirectoryLock.Take(_scratch.Path))
        {
            var held = Assert.Throws<DataDirectoryHeldException>(() => DataDirectoryLock.Take(_scratch.Path));
            Assert.Equal(Environment.ProcessId, held.Pid);
            Assert.Contains($"is held by pid {Environment.ProcessId}; use /memory in its chat", held.Message, StringComparison.Ordinal);
            Assert.Contains($"由进程 {Environment.ProcessId} 占用", held.Say(Strings.For(Strings.Chinese)), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(_scratch.Path, "mnemo.pid")));
        DataDirectoryLock.Take(_scratch.Path).Dispose();
    }

    [Fact]
    public void A_pid_that_a_killed_owner_left_behind_does_not_matter()
    {
        File.WriteAllText(Path.Combine(_scratch.Path, "mnemo.lock"), "");
        File.WriteAllText(Path.Combine(_scratch.Path, "mnemo.pid"), "1\n");
        using var taken = DataDirectoryLock.Take(_scratch.Path);
        Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(Path.Combine(_scratch.Path, "mnemo.pid")));
    }

    [Fact]
    public void Giving_back_twice_does_not_touch_the_next_owner()
    {
        var first = DataDirectoryLock.Take(_scratch.Path);
        first.Dispose();
        using var second = DataDirectoryLock.Take(_scratch.Path);
        first.Dispose();
        Assert.True(File.Exists(Path.Combine(_scratch.Path, "mnemo.pid")));
    }
}
