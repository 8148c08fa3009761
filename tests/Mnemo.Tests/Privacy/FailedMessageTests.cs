using System.Text;
using Mnemo.Privacy;
using Mnemo.Tests.Capture;
using Xunit;

namespace Mnemo.Tests.Privacy;

public sealed class FailedMessageTests
{
    private const string Secret = "quokka31415";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_could_not_be_stored_are_forgotten_too()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", $"My secret is {Secret}."), CaptureFixture.Message("m2", "I like tea.", speaker: "ben"));
        foreach (var row in await fixture.Outbox.PendingAsync(10, Now)) await fixture.Outbox.FailAsync(row.Sequence, "refused", Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m3", $"{Secret} waits."));
        Assert.True(HoldsSecret(fixture.Directory));
        var eraser = new Eraser(fixture.Control, fixture.Outbox, fixture.Channels, fixture.Remover, []);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, (await eraser.PreviewAsync(new PersonKey("test", "ana"), Now)).Waiting);
        var receipt = await eraser.ForgetAsync(new PersonKey("test", "ana"), null, Now);

        Assert.Equal((2, 0), receipt.Places.Where(p => p.Name == "outbox").Select(p => (p.Erased, p.Left)).Single());
        Assert.True(receipt.IsClean);
        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal((0, 1), (status.Pending, status.Failed));
        Assert.False(HoldsSecret(fixture.Directory));
        await fixture.Outbox.RetryFailedAsync(Now);
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal("I like tea.", Assert.Single(await fixture.MemoriesAsync(Now)).Text);
    }

    private static bool HoldsSecret(string directory) => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0;
    });
}
