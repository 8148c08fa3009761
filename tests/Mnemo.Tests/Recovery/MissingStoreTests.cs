using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Localization;
using Mnemo.State;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Recovery;

public sealed class MissingStoreTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Strings.English)]
    [InlineData(Strings.Chinese)]
    public async Task A_store_that_is_gone_is_not_taken_for_an_empty_one(string language)
    {
        using var directory = new BotDirectory(language);
        await directory.FillAsync();
        var store = Path.Combine(directory.Path, "faiss_data");
        Directory.Move(store, store + ".away");

        var refusal = await Assert.ThrowsAsync<MemoryStoreException>(() => directory.RunAsync(_ => Task.CompletedTask));

        Assert.All((string[])["faiss", StoreSettings.DefaultCollection, directory.Path, "mnemo recover --empty-store"], piece => Assert.Contains(piece, refusal.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(store));
        Directory.Move(store + ".away", store);
        await directory.RunAsync(async runtime => Assert.Equal(2, await CountAsync(runtime)));
    }

    [Fact]
    public async Task An_empty_store_is_begun_when_that_is_asked_for_and_confirmed_and_choices_stay()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        Directory.Delete(Path.Combine(directory.Path, "faiss_data"), recursive: true);

        Assert.Contains("--empty-store --confirm", BotDirectory.Text(await directory.RecoverAsync()), StringComparison.Ordinal);
        Assert.False((await directory.RecoverAsync(isConfirmed: true)).IsSuccess);
        await Assert.ThrowsAsync<MemoryStoreException>(() => directory.RunAsync(_ => Task.CompletedTask));
        Assert.True((await directory.RecoverAsync(isConfirmed: true, emptyStore: true)).IsSuccess);

        await directory.RunAsync(async runtime =>
        {
            Assert.Equal(0, await CountAsync(runtime));
            Assert.Equal(PrivacyMode.Off, await runtime.Privacy.GetAsync("console", "ben", Now));
            Assert.Equal(IntakeOutcome.Accepted, await directory.SayAsync(runtime, "ana", "I moved to Lyon."));
            await runtime.Worker.DrainAsync(Now);
            Assert.Equal(1, await CountAsync(runtime));
        });
        Assert.False((await directory.RecoverAsync(isConfirmed: true, emptyStore: true)).IsSuccess);
    }

    private static async Task<long> CountAsync(Mnemo.Plugin.Hosting.MnemoRuntime runtime)
    {
        using var lease = await runtime.Stores.LeaseAsync(Now);
        return await lease.Store.CountAsync(MemoryFilter.Everything, Now);
    }
}
