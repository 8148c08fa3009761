using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class PrivacySettingsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_choice_holds_at_once_and_after_a_restart()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var privacy = new PrivacySettings(fixture.Control);
        Assert.Equal(PrivacyMode.On, await privacy.GetAsync("test", "ana", Now));
        await privacy.SetAsync("test", "ana", PrivacyMode.Off, Now);
        await privacy.SetAsync("test", "ben", PrivacyMode.Incognito, Now);
        Assert.Equal(PrivacyMode.Off, await privacy.GetAsync("test", "ana", Now));

        await fixture.RestartAsync(Now);
        var again = new PrivacySettings(fixture.Control);
        Assert.Equal(PrivacyMode.Off, await again.GetAsync("test", "ana", Now));
        Assert.Equal(PrivacyMode.Incognito, await again.GetAsync("test", "ben", Now));
        Assert.Equal(PrivacyMode.On, await again.GetAsync("other", "ana", Now));
        Assert.Equal(["ana"], await again.SilencedAsync("test", Now));

        await again.SetAsync("test", "ana", PrivacyMode.On, Now);
        Assert.Empty(await again.SilencedAsync("test", Now));
    }

    [Fact]
    public async Task Off_stays_off_when_only_the_hash_of_an_id_is_left()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await new PrivacySettings(fixture.Control).SetAsync("test", "ana", PrivacyMode.Off, Now);
        await fixture.Control.WriteAsync(c => PrivacySettings.Anonymise(c, "test", "ana"), Now);
        Assert.DoesNotContain("ana", await fixture.Control.ReadAsync(c => c.Query("SELECT user FROM privacy", r => r.GetString(0)), Now));

        var privacy = new PrivacySettings(fixture.Control);
        Assert.Equal(PrivacyMode.Off, await privacy.GetAsync("test", "ana", Now));
        await privacy.SetAsync("test", "ana", PrivacyMode.On, Now);
        Assert.Equal(PrivacyMode.On, await new PrivacySettings(fixture.Control).GetAsync("test", "ana", Now));
    }

    [Fact]
    public async Task Settings_of_a_conversation_are_kept_and_taken_back()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var settings = new ChannelSettings(fixture.Control);
        await settings.SetAsync("console:console:general", "language", "zh-CN", Now);
        await settings.SetAsync("console:console:general", "persona", "sage", Now);
        await settings.SetAsync("console:console:general", "persona", null, Now);
        Assert.Equal("zh-CN", await settings.GetAsync("console:console:general", "language", Now));
        Assert.Null(await settings.GetAsync("console:console:general", "persona", Now));
        Assert.Single(await settings.AllAsync("console:console:general", Now));
    }
}
