using Mnemo.Salvage;
using Mnemo.Tests.State;
using Xunit;

namespace Mnemo.Tests.Salvage;

public sealed class WriteAheadLogTests
{
    private const int Header = 32, FrameHeader = 24, Frame = FrameHeader + 4096, Messages = 12;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page", FrameHeader + 200, 1)]
    [InlineData("checksum", 16, 0)]
    [InlineData("salt", 8, 0)]
    [InlineData("page number", 0, 1)]
    public async Task What_stands_behind_a_damaged_frame_is_told_from_noise(string damaged, int offset, int unsound)
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < Messages; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}"), Now);
        using var killed = KilledBot.Copy(fixture);
        using (var whole = WriteAheadLog.TryOpen(killed.Log)!)
        {
            Assert.All(whole.Frames, frame => Assert.True(frame is { IsSound: true, IsRegular: true }, damaged));
            Assert.Equal((0, whole.Frames.Count), (whole.LostCommits, whole.Committed));
        }

        KilledBot.Flip(killed.Log, Header + (5 * Frame) + offset);

        using var log = WriteAheadLog.TryOpen(killed.Log)!;
        Assert.Equal(unsound, log.Frames.Count(frame => !frame.IsSound));
        Assert.False(log.Frames[5].IsRegular);
        Assert.NotEqual(0, log.LostCommits);
        Assert.Equal(log.Frames.Count, log.Committed);
    }

    [Fact]
    public async Task A_damaged_header_hides_every_commit_from_SQLite_and_none_from_us()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < Messages; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}"), Now);
        using var killed = KilledBot.Copy(fixture);
        int commits;
        using (var whole = WriteAheadLog.TryOpen(killed.Log)!) commits = whole.Frames.Count(frame => frame.IsCommit);
        KilledBot.Flip(killed.Log, 17);

        using var log = WriteAheadLog.TryOpen(killed.Log)!;
        Assert.Equal(commits, log.LostCommits);
    }

    [Fact]
    public async Task What_is_no_log_is_none()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var path = Path.Combine(fixture.Directory, "noise-wal");
        Assert.Null(WriteAheadLog.TryOpen(path));
        await File.WriteAllBytesAsync(path, new byte[20_000], Now);
        Assert.True(WriteAheadLog.TryOpen(path) is not { LostCommits: > 0 });
        await File.WriteAllBytesAsync(path, [1, 2, 3], Now);
        Assert.Null(WriteAheadLog.TryOpen(path));
    }
}
