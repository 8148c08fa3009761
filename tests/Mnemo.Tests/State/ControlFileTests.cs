using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

/// <summary>The files of the control state: what a refusal leaves as it was, and what is repaired beside them.</summary>
public sealed class ControlFileTests
{
    private const int PageBytes = 4096;
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_damaged_file_is_refused_without_moving_what_waits_in_its_log()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < 200; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}"), Now);
        await fixture.Control.PurgeAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("last"), Now);
        using var killed = KilledBot.Copy(fixture);
        var file = await File.ReadAllBytesAsync(killed.File, Now);
        file.AsSpan(file.Length - (3 * PageBytes)).Fill(0x5A);
        await File.WriteAllBytesAsync(killed.File, file, Now);
        var log = await File.ReadAllBytesAsync(killed.Log, Now);
        Assert.NotEmpty(log);

        var refusal = await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(killed.File, fixture.Clock, Now));

        Assert.True(refusal.IsDamage);
        Assert.Equal(file, await File.ReadAllBytesAsync(killed.File, Now));
        Assert.Equal(log, await File.ReadAllBytesAsync(killed.Log, Now));
    }

    [Fact]
    public async Task Neighbours_that_kept_the_mode_of_a_file_that_was_read_only_are_repaired()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        using var killed = KilledBot.Copy(fixture);
        await File.WriteAllBytesAsync(killed.File + "-shm", [], Now);
        foreach (var neighbour in Neighbours(killed)) SetMode(neighbour, ReadOnly);

        var (control, waiting) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            Assert.Single(waiting);
            Assert.All(Neighbours(killed), neighbour => Assert.Equal(ModeOf(killed.File), ModeOf(neighbour)));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_refused_and_leaves_no_neighbours_that_cannot_be_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "This account may write everything.");
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Control.DisposeAsync();
        var mode = ModeOf(fixture.File);
        SetMode(fixture.File, ReadOnly);
        var refusal = await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(fixture.File, fixture.Clock, Now));
        Assert.Contains("cannot be written", refusal.Message, StringComparison.Ordinal);
        SetMode(fixture.File, mode);
        await fixture.RestartAsync(Now);
        Assert.Single(await fixture.Outbox.PendingAsync(10, Now));
    }

    private static string[] Neighbours(KilledBot killed) => [killed.Log, killed.File + "-shm"];

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file);

    private static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, mode);
    }
}
