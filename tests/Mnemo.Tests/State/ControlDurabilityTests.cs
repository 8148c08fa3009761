using Xunit;

namespace Mnemo.Tests.State;

public sealed class ControlDurabilityTests
{
    private const long Full = 2;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_connection_that_acknowledges_syncs_its_log_with_every_commit()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await AssertSyncsAsync(fixture);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Control.PurgeAsync(Now);
        await AssertSyncsAsync(fixture);
        await fixture.RestartAsync(Now);
        await AssertSyncsAsync(fixture);
    }

    // Of WAL with NORMAL a power cut takes acknowledged commits back, and no test in a process that lives can see it.
    private static async Task AssertSyncsAsync(StateFixture fixture)
    {
        Assert.Equal(Full, await fixture.Control.WriteAsync(c => c.Number("PRAGMA synchronous"), Now));
        Assert.Equal("wal", await fixture.Control.WriteAsync(c => c.Scalar("PRAGMA journal_mode") as string, Now));
        Assert.Equal(0, await fixture.Control.WriteAsync(c => c.Number("PRAGMA ignore_check_constraints") + c.Number("PRAGMA read_uncommitted"), Now));
    }
}
