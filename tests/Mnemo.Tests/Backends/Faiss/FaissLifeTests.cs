using Mnemo.Backends.Faiss;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

public class FaissLifeTests
{
    private static CancellationToken Token => FaissRoom.Token;

    [Fact]
    public async Task A_new_index_is_written_in_quiet_moments_while_writing_goes_on()
    {
        using var room = new FaissRoom();
        var memories = new Dictionary<MemoryId, Memory>();
        await using (var store = await room.OpenAsync())
        {
            var written = room.Log.Line("Snapshot 1 of");
            foreach (var batch in FaissRoom.People(11_000, seed: 1).Chunk(1000)) await UpsertAsync(store, batch);
            room.Clock.Advance(TimeSpan.FromSeconds(3));
            var random = new Random(8);
            while (!written.IsCompleted)
            {
                await UpsertAsync(store, [FaissRoom.Person(random.Next(1, 12_000), random, "changed meanwhile")]);
                var gone = memories[memories.Keys.ElementAt(random.Next(100))];
                Assert.Equal(1, await store.DeleteAsync([gone.Id], Token));
                memories.Remove(gone.Id);
            }

            await written;
            await FaissRoom.AssertHoldsAsync(store, memories.Values);
        }

        Assert.Single(Directory.GetDirectories(room.Paths.Directory, "gen-*"));
        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories.Values);

        async Task UpsertAsync(IMemoryStore store, IReadOnlyList<Memory> batch)
        {
            await store.UpsertAsync(batch, Token);
            foreach (var memory in batch) memories[memory.Id] = memory;
        }
    }

    [Fact]
    public async Task Eight_writers_insert_and_delete_while_readers_search()
    {
        using var room = new FaissRoom();
        var left = new System.Collections.Concurrent.ConcurrentBag<Memory>();
        await using (var store = await room.OpenAsync())
        {
            await store.UpsertAsync(FaissRoom.People(500, seed: 5, first: 1_000_000), Token);
            using var ended = new CancellationTokenSource();
            var readers = Enumerable.Range(0, 4).Select(r => Task.Run(() => ReadAsync(store, r, ended.Token), Token)).ToList();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(() => WriteAsync(store, w), Token)));
            await ended.CancelAsync();
            await Task.WhenAll(readers);
            await FaissRoom.AssertHoldsAsync(store, left.Concat(FaissRoom.People(500, seed: 5, first: 1_000_000)));
        }

        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, left.Concat(FaissRoom.People(500, seed: 5, first: 1_000_000)));

        async Task WriteAsync(IMemoryStore store, int writer)
        {
            var random = new Random(writer);
            for (var round = 0; round < 25; round++)
            {
                var batch = FaissRoom.People(random.Next(1, 12), seed: (100 * writer) + round, first: (10_000 * writer) + (100 * round) + 1);
                await store.UpsertAsync(batch, Token);
                foreach (var memory in batch)
                {
                    if (random.Next(2) == 0) left.Add(memory);
                    else Assert.Equal(1, round == 12 && writer == 3 ? await store.DeleteAndPurgeAsync([memory.Id], Token) : await store.DeleteAsync([memory.Id], Token));
                }
            }
        }

        static async Task ReadAsync(IMemoryStore store, int reader, CancellationToken ended)
        {
            var random = new Random(1000 + reader);
            while (!ended.IsCancellationRequested)
            {
                var scope = new MemoryScope("test", $"guild{random.Next(2)}", $"channel{random.Next(5)}", $"user{random.Next(7)}");
                var found = await store.SearchAsync(scope, new VectorQuery(FaissRoom.FaissVector(random), 20, MemoryFilter.Everything), Token);
                Assert.Equal(20, found.Count);
                Assert.All(found, m => Assert.True(scope.Sees(m.Memory)));
                await store.GetAsync(scope, [.. found.Take(3).Select(f => f.Memory.Id)], Token);
                await store.CountAsync(MemoryFilter.Equal(TextField.Speaker, "user1"), Token);
            }
        }
    }

    [Fact]
    public async Task A_purge_leaves_no_vector_and_no_name_in_any_file_and_survives_a_restart()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(300);
        var gone = memories[120] with { Session = "a session of its own", Vector = new float[] { 0.111f, 0.222f, 0.333f, 0.444f, 0.555f, 0.666f, 0.777f, 0.888f } };
        await using (var store = await room.OpenAsync())
        {
            await store.UpsertAsync([gone], Token);
        }

        await using (var store = await room.OpenAsync())
        {
            Assert.Equal(1, await store.DeleteAndPurgeAsync([gone.Id], Token));
            AssertNowhere(room, gone);
            await FaissRoom.AssertHoldsAsync(store, memories.Where(m => m.Id != gone.Id));
        }

        AssertNowhere(room, gone);
        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories.Where(m => m.Id != gone.Id));
    }

    [Fact]
    public async Task A_purge_with_nothing_deleted_changes_no_file()
    {
        using var room = new FaissRoom();
        await room.FillAsync(50);
        await using var store = await room.OpenAsync();
        var before = await File.ReadAllTextAsync(room.Paths.Manifest, Token);
        await store.PurgeAsync(Token);
        Assert.Equal(before, await File.ReadAllTextAsync(room.Paths.Manifest, Token));
    }

    [Fact]
    public async Task A_purge_removes_what_an_earlier_one_could_not()
    {
        using var room = new FaissRoom();
        await room.FillAsync(20);
        await using var store = await room.OpenAsync();
        string[] left = [room.Paths.Records(FaissManifest.RecordsName(7)), Path.Combine(room.Paths.Snapshot(7), "index.faiss")];
        Directory.CreateDirectory(room.Paths.Snapshot(7));
        foreach (var file in left) await File.WriteAllTextAsync(file, "what somebody wanted to be forgotten", Token);
        await store.PurgeAsync(Token);
        Assert.DoesNotContain(left, File.Exists);
        Assert.Equal(20, await store.CountAsync(MemoryFilter.Everything, Token));
    }

    [Fact]
    public async Task A_cancelled_purge_leaves_a_whole_collection()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(50);
        await using (var store = await room.OpenAsync()) Assert.Equal(1, await store.DeleteAsync([memories[7].Id], Token));
        using (var collection = FaissCollection.Open(room.Settings))
        {
            collection.Snapshot = RowLoading.Load(collection).Snapshot;
            using var scheduler = new IndexScheduler(collection, maintenance => maintenance());
            var former = room.Paths.Records(collection.Manifest.Records);
            Assert.ThrowsAny<OperationCanceledException>(() => new RecordPurge(collection, scheduler).Run(new CancellationToken(canceled: true)));
            Assert.Equal([former], Directory.GetFiles(room.Paths.Directory, "records-*.db"));
        }

        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories.Where(m => m.Id != memories[7].Id));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        using var room = new FaissRoom();
        var store = await room.OpenAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();
        foreach (var call in (Func<Task>[])[() => store.CountAsync(MemoryFilter.Everything, Token), () => store.UpsertAsync(FaissRoom.People(1, seed: 1), Token), () => store.PrepareAsync(Token)])
            Assert.Contains("closed", (await Assert.ThrowsAsync<MemoryStoreException>(call)).Message);
    }

    private static void AssertNowhere(FaissRoom room, Memory gone)
    {
        byte[][] needles =
        [
            System.Text.Encoding.UTF8.GetBytes(gone.Text + "\0"), System.Text.Encoding.UTF8.GetBytes(gone.Session), System.Text.Encoding.Unicode.GetBytes(gone.Session),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(gone.Vector.Span).ToArray(),
        ];
        foreach (var file in Directory.GetFiles(room.Paths.Directory, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.All(needles, needle => Assert.Equal((file, -1), (file, bytes.AsSpan().IndexOf(needle))));
        }
    }
}
