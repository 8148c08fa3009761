using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Recall;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recovery;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class StoreIdentityTests : IDisposable
{
    private const string PlaceVariable = "MNEMO_FAISS_CONFIG__FAISS_DATA_PATH", Dog = "My dog is called Biscuit.", Cat = "My cat is called Dumpling.";

    private readonly BotDirectory _bot = new();
    private readonly ScratchDirectory _copies = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Store => Path.Combine(_bot.Path, "faiss_data");

    public void Dispose()
    {
        _bot.Dispose();
        _copies.Dispose();
    }

    [Fact]
    public async Task Another_place_in_the_configuration_opens_no_empty_store_and_one_line_says_so()
    {
        await SayAsync(Dog);
        _bot.Variables[PlaceVariable] = "elsewhere";
        await _bot.RunAsync(async runtime =>
        {
            var line = Assert.Single(runtime.Notices.Lines);
            Assert.All((string[])["faiss:faiss_data", "faiss:elsewhere", "2026-03-01"], piece => Assert.Contains(piece, line, StringComparison.Ordinal));
            await SayAsync(runtime, Dog);
            Assert.Equal(Dog, Assert.Single(await MemoriesAsync(runtime)).Text);
        });
        Assert.False(Directory.Exists(Path.Combine(_bot.Path, "elsewhere")));

        _bot.Variables.Remove(PlaceVariable);
        await _bot.RunAsync(async runtime =>
        {
            Assert.Empty(runtime.Notices.Lines);
            await SayAsync(runtime, Dog);
            Assert.Equal(3, Assert.Single(await MemoriesAsync(runtime)).Sources.Count);
            Assert.Equal(1, runtime.TextIndex.Count);
        });
    }

    [Fact]
    public async Task A_store_that_was_moved_with_its_configuration_is_known_again_by_its_set()
    {
        await SayAsync(Dog);
        var set = await SetAsync();
        Directory.Move(Store, Path.Combine(_bot.Path, "moved"));
        _bot.Variables[PlaceVariable] = "moved";
        for (var i = 0; i < 2; i++)
        {
            await _bot.RunAsync(async runtime =>
            {
                Assert.Equal(i == 0 ? 1 : 0, runtime.Notices.Lines.Count(line => line.Contains("moved", StringComparison.Ordinal)));
                await SayAsync(runtime, Dog);
                Assert.Single(await MemoriesAsync(runtime));
            });
        }

        Assert.Equal(set, await SetAsync());
        Assert.False(Directory.Exists(Store));
    }

    [Fact]
    public async Task A_backup_that_was_put_back_is_taken_only_when_that_is_accepted_and_becomes_a_set_of_its_own()
    {
        await SayAsync(Dog);
        var set = await SetAsync();
        var backup = CopyOf(Store);
        await SayAsync(Cat);
        Replace(Store, backup);

        var refusal = await RefusalAsync();
        Assert.All((string[])["faiss:faiss_data", "backup", "mnemo recover --accept"], piece => Assert.Contains(piece, refusal.Message, StringComparison.Ordinal));
        Assert.Equal(StoreErrorKind.Misconfigured, refusal.Kind);
        Assert.Contains(set, BotDirectory.Text(await _bot.AcceptAsync(isConfirmed: false)), StringComparison.Ordinal);
        await RefusalAsync();
        Assert.True((await _bot.AcceptAsync(isConfirmed: true)).IsSuccess);

        await _bot.RunAsync(async runtime =>
        {
            await runtime.TextIndexReady;
            Assert.Equal(1, runtime.TextIndex.Count);
            Assert.Equal(Dog, Assert.Single(await FoundAsync(runtime, "dog")).Memory.Text);
            Assert.DoesNotContain(await FoundAsync(runtime, "cat"), hit => hit.Memory.Text == Cat);
            await SayAsync(runtime, Cat);
            Assert.Equal(Cat, (await FoundAsync(runtime, "cat"))[0].Memory.Text);
        });
        Assert.NotEqual(set, await SetAsync());
        await _bot.RunAsync(async runtime => Assert.Equal(2, (await MemoriesAsync(runtime)).Count));
    }

    [Fact]
    public async Task A_store_that_holds_more_than_was_written_from_here_is_not_opened()
    {
        await SayAsync(Dog);
        var before = CopyOf(_bot.Path);
        await SayAsync(Cat);
        var later = CopyOf(Store);
        Replace(_bot.Path, before);
        Replace(Store, later);

        Assert.Equal("store.written_elsewhere", (await RefusalAsync()).Text);
        Assert.True((await _bot.AcceptAsync(isConfirmed: true)).IsSuccess);
        await _bot.RunAsync(async runtime =>
        {
            await runtime.TextIndexReady;
            Assert.Equal(Cat, (await FoundAsync(runtime, "cat"))[0].Memory.Text);
        });
    }

    [Fact]
    public async Task The_store_of_another_data_directory_is_not_mixed_with_this_one()
    {
        await SayAsync(Dog);
        using var other = new BotDirectory();
        await other.RunAsync(runtime => other.SayAsync(runtime, "ben", Cat));
        Replace(Store, Path.Combine(other.Path, "faiss_data"));
        Assert.Equal("store.other_set", (await RefusalAsync()).Text);

        // A new data directory does not take a store that another one knows, either.
        using var fresh = new BotDirectory();
        fresh.Variables[PlaceVariable] = Store;
        await Assert.ThrowsAnyAsync<Exception>(() => fresh.RunAsync(_ => Task.CompletedTask));
    }

    [Fact]
    public async Task What_a_crash_left_between_the_set_id_and_the_stamp_is_finished_without_a_word()
    {
        await SayAsync(Dog);
        var set = StoreStamp.NewSetId();
        await using (var control = await ControlStore.OpenAsync(_bot.Control, TimeProvider.System, Now))
        {
            var router = new StoreRouter(control);
            await router.SaveAsync((await router.GetAsync(Now))!.BeingStamped(set), Now);
        }

        await _bot.RunAsync(async runtime =>
        {
            Assert.Empty(runtime.Notices.Lines);
            Assert.Equal(set, (await runtime.Stores.ActiveAsync(Now)).SetId);
            await runtime.TextIndexReady;
            Assert.Equal(Dog, Assert.Single(await FoundAsync(runtime, "dog")).Memory.Text);
        });
        Assert.Equal(set, await SetAsync());
    }

    [Fact]
    public async Task Writes_after_the_last_mark_are_a_crash_and_no_restore()
    {
        await SayAsync(Dog);
        var killed = "";
        await _bot.RunAsync(async runtime =>
        {
            await SayAsync(runtime, Cat);
            killed = CopyOf(_bot.Path);
        });
        Replace(_bot.Path, killed);
        await _bot.RunAsync(async runtime =>
        {
            await runtime.TextIndexReady;
            Assert.Empty(runtime.Notices.Lines);
            Assert.Equal(2, (await MemoriesAsync(runtime)).Count);
            Assert.Equal(Cat, (await FoundAsync(runtime, "cat"))[0].Memory.Text);
        });
    }

    [Fact]
    public async Task The_embedder_of_the_set_stays_when_the_configuration_names_another()
    {
        await SayAsync(Dog);
        _bot.Variables["MNEMO_EMBEDDING_DIM"] = "128";
        await _bot.RunAsync(async runtime =>
        {
            Assert.Contains("migration reembed", Assert.Single(runtime.Notices.Lines), StringComparison.Ordinal);
            await SayAsync(runtime, Cat);
            Assert.All(await MemoriesAsync(runtime), memory => Assert.Equal(512, memory.Embedding.Dimension));
            Assert.True((await FoundAsync(runtime, "cat"))[0].Similarity > 0);
        });
    }

    private Task SayAsync(string text) => _bot.RunAsync(runtime => SayAsync(runtime, text));

    private async Task SayAsync(MnemoRuntime runtime, string text)
    {
        await _bot.SayAsync(runtime, "ana", text);
        await runtime.Worker.DrainAsync(Now);
    }

    private Task<MemoryStoreException> RefusalAsync() => Assert.ThrowsAsync<MemoryStoreException>(() => _bot.RunAsync(_ => Task.CompletedTask));

    private async Task<string> SetAsync()
    {
        await using var control = await ControlStore.OpenAsync(_bot.Control, TimeProvider.System, Now);
        return (await new StoreRouter(control).GetAsync(Now))!.SetId;
    }

    private static async Task<List<Memory>> MemoriesAsync(MnemoRuntime runtime)
    {
        using var lease = await runtime.Stores.LeaseAsync(Now);
        return await lease.Store.ScanAsync(null, MemoryFilter.Everything, Now).ToListAsync(Now);
    }

    private static async Task<IReadOnlyList<RecallHit>> FoundAsync(MnemoRuntime runtime, string word)
        => [.. (await runtime.Recaller.RecallAsync(new RecallQuery(BotDirectory.In("general", "ana"), new Speaker("ana", "Ana"), word), Now)).Hits.Where(hit => hit.Text > 0)];

    private string CopyOf(string directory)
    {
        var copy = Path.Combine(_copies.Path, Guid.NewGuid().ToString("N"));
        CopyTo(directory, copy);
        return copy;
    }

    private static void Replace(string directory, string by)
    {
        Directory.Delete(directory, recursive: true);
        CopyTo(by, directory);
    }

    private static void CopyTo(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal) && Path.GetFileName(f) is not ("lock" or "mnemo.lock" or "control.db-shm" or "words.db-shm"))) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var inner in Directory.GetDirectories(from)) CopyTo(inner, Path.Combine(to, Path.GetFileName(inner)));
    }
}
