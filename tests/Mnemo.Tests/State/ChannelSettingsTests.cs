using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class ChannelSettingsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_choice_holds_when_it_is_made_and_after_a_restart()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var settings = new ChannelSettings(fixture.Control);
        Assert.Null(await settings.GetAsync("here", "persona", Now));
        await settings.SetAsync("here", "persona", "sage", Now);
        await settings.SetAsync("here", "language", "en", Now);
        await settings.SetAsync("here", "language", null, Now);
        Assert.Equal("sage", await settings.GetAsync("here", "persona", Now));
        Assert.Null(await settings.GetAsync("elsewhere", "persona", Now));
        await fixture.RestartAsync(Now);
        Assert.Equal(["persona"], (await new ChannelSettings(fixture.Control).AllAsync("here", Now)).Keys);
    }

    [Fact]
    public async Task A_conversation_is_read_from_the_disk_once()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var settings = new ChannelSettings(fixture.Control);
        await settings.SetAsync("here", "persona", "sage", Now);
        Assert.True(await settings.ListensAsync("here", Now));
        await fixture.Control.WriteAsync(c => c.Execute("DELETE FROM settings"), Now);
        Assert.Equal("sage", await settings.GetAsync("here", "persona", Now));
        settings.ReadAgain();
        Assert.Null(await settings.GetAsync("here", "persona", Now));
    }
}
