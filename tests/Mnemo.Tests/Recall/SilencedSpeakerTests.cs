using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Recall;

public sealed class SilencedSpeakerTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PrivacyMode.Off, "Ferrariland has a roller coaster", new string[0])]
    [InlineData(PrivacyMode.Incognito, "Ferrariland has a roller coaster", new[] { "ana" })]
    [InlineData(PrivacyMode.On, "Ferrariland has a roller coaster", new[] { "ana" })]
    [InlineData(PrivacyMode.Off, "Ferrari", new string[0])]
    public async Task Nothing_said_by_somebody_who_switched_memory_off_is_recalled_for_anybody(PrivacyMode mode, string question, string[] speakers)
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Now);
        await memory.SayAsync("general", "ana", "Ferrariland has a roller coaster", Now);
        await memory.Privacy.SetAsync("console", "ana", mode, Now);

        foreach (var asker in (string[])["ben", "ana"])
        {
            var hits = (await memory.Recaller(new RecallOptions()).RecallAsync(new RecallQuery(Remembered.In("general", asker), new Speaker(asker, asker), question), Now)).Hits;
            Assert.Equal(speakers, hits.Select(h => h.Memory.Speaker.Id));
        }
    }

    [Fact]
    public async Task Only_the_speaker_of_that_very_id_and_platform_is_silenced()
    {
        using var scratch = new ScratchDirectory();
        await using var memory = await Remembered.OpenAsync(scratch.Path, Now);
        foreach (var who in (string[])["ana", "anabel", "an"]) await memory.SayAsync("general", who, $"{who} likes Ferrariland", Now);
        await memory.Privacy.SetAsync("console", "ana", PrivacyMode.Off, Now);
        await memory.Privacy.SetAsync("discord", "anabel", PrivacyMode.Off, Now);

        var hits = (await memory.Recaller(new RecallOptions()).RecallAsync(new RecallQuery(Remembered.In("general", "ben"), null, "Ferrariland"), Now)).Hits;
        Assert.Equal(["an", "anabel"], hits.Select(h => h.Memory.Speaker.Id).Order(StringComparer.Ordinal));
    }
}
