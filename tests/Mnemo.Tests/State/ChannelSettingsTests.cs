using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class ChannelSettingsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_choice_holds_when_it_is_made_and_after_a_restart()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        var settings = new ChannelSettings(bench.Control);
        Assert.Null(await settings.GetAsync("here", "persona", Now));
        await settings.SetAsync("here", "persona", "sage", Now);
        await settings.SetAsync("here", "language", "en", Now);
        await settings.SetAsync("here", "language", null, Now);
        Assert.Equal("sage", await settings.GetAsync("here", "persona", Now));
        Assert.Null(await settings.GetAsync("elsewhere", "persona", Now));
        await bench.RestartAsync(Now);
        Assert.Equal(["persona"], (await new ChannelSettings(bench.Control).AllAsync("here", Now)).Keys);
    }

    [Fact]
    public async Task A_conversation_is_read_from_the_disk_once()
    {
        await using var bench = await StateBench.OpenAsync(Now);
        var settings = new ChannelSettings(bench.Control);
        await settings.SetAsync("here", "persona", "sage", Now);
        Assert.True(await settings.ListensAsync("here", Now));
        await bench.Control.WriteAsync(c => c.Execute("DELETE FROM settings"), Now);
        Assert.Equal("sage", await settings.GetAsync("here", "persona", Now));
        settings.ReadAgain();
        Assert.Null(await settings.GetAsync("here", "persona", Now));
    }
}
