using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Vectors;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

public class FaissRepairTests
{
    private static CancellationToken Token => FaissRoom.Token;

    [Theory]
    [InlineData("no index")]
    [InlineData("no rows")]
    [InlineData("no snapshot")]
    [InlineData("index header")]
    [InlineData("index cut")]
    [InlineData("index of another")]
    [InlineData("rows flipped")]
    [InlineData("rows cut")]
    public async Task A_missing_or_damaged_index_is_rebuilt(string damage)
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(200);
        Damage(room, damage);

        await using (var store = await room.OpenAsync())
        {
            await FaissRoom.AssertHoldsAsync(store, memories);
            Assert.Contains(room.Log.Warnings, line => line.Contains("rebuilt", StringComparison.Ordinal));
        }

        room.Log.Warnings.Clear();
        await using var again = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(again, memories);
        Assert.Empty(room.Log.Warnings);
    }

    [Fact]
    public async Task An_intact_index_answers_the_same_before_and_after_it_was_read()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(300);
        var read = room.Log.Line("was read and is intact");
        await using var store = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(store, memories);
        await read;
        await FaissRoom.AssertHoldsAsync(store, memories);
        foreach (var memory in FaissRoom.People(40, seed: 2, first: 280))
        {
            await store.UpsertAsync([memory], Token);
            memories.RemoveAll(m => m.Id == memory.Id);
            memories.Add(memory);
        }

        await FaissRoom.AssertHoldsAsync(store, memories);
    }

    [Fact]
    public async Task A_flipped_vector_in_the_index_is_noticed_and_searching_goes_on_from_the_segments()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(300);
        Flip(room.IndexPath, 82 + 3, 0x40);
        var noticed = room.Log.Line("does not agree with its checksum");
        var rewritten = room.Log.Line("was written with 300 rows");
        await using var store = await room.OpenAsync();
        await noticed;
        await rewritten;
        await FaissRoom.AssertHoldsAsync(store, memories);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_crash_at_any_age_of_the_index()
    {
        using var room = new FaissRoom();
        var memories = (await room.FillAsync(100)).ToDictionary(m => m.Id);
        await using var store = await room.OpenAsync();
        foreach (var memory in FaissRoom.People(50, seed: 2, first: 80)) await UpsertAsync(memory);
        await store.DeleteAsync([Sample.Id(5)], Token);
        memories.Remove(Sample.Id(5));

        using var copy = CopyAsACrashLeavesIt(room);
        await using var reopened = await copy.OpenAsync();
        await FaissRoom.AssertHoldsAsync(reopened, memories.Values);

        async Task UpsertAsync(Memory memory)
        {
            await store.UpsertAsync([memory], Token);
            memories[memory.Id] = memory;
        }
    }

    [Fact]
    public async Task Rubbish_of_a_crash_is_removed_and_changes_nothing()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(60);
        var segment = room.Paths.Segment(1);
        await File.AppendAllBytesAsync(segment, new byte[77], Token);
        await File.WriteAllBytesAsync(room.Paths.Segment(2), new byte[5], Token);
        await File.WriteAllTextAsync(room.Paths.Manifest + DurableFile.TemporarySuffix, "{", Token);
        await File.WriteAllTextAsync(room.Paths.Records("records-9.db"), "half a copy", Token);
        await File.WriteAllTextAsync(room.Paths.Records("records-9.log"), "half a log", Token);
        await File.WriteAllTextAsync(room.Paths.Records("records-1.log"), "MNEMOLOG torn while it was written", Token);
        Directory.CreateDirectory(room.Paths.Snapshot(99));

        await using (var store = await room.OpenAsync()) await FaissRoom.AssertHoldsAsync(store, memories);

        string[] names = [.. Directory.GetFileSystemEntries(room.Paths.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(["gen-1", "lock", "manifest.json", "records-1.db", "records-1.log", "segments"], names);
        Assert.Equal(segment, Assert.Single(Directory.GetFiles(room.Paths.Segments)));
    }

    [Fact]
    public async Task A_damaged_vector_is_told_and_leaves_the_rest_readable()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(10);
        Flip(room.Paths.Segment(1), 64 + SegmentFile.BytesPerRow(FaissRoom.Dimension) + 10, 1);
        await using var store = await room.OpenAsync();
        Assert.Empty(await store.GetAsync(memories[1].Scope, [memories[1].Id], Token));
        var rows = await store.ScanAsync(ScanQuery.Everything, Token).ToListAsync(Token);
        var damaged = Assert.Single(rows, r => !r.IsWhole);
        Assert.Equal((memories[1].Id, "row.vector.damaged", memories[1].Text), (damaged.Id, damaged.Damage, damaged.Memory!.Text));
        Assert.Equal(10, rows.Count);
        Assert.Equal([memories[2]], await store.GetAsync(memories[2].Scope, [memories[2].Id], Token));
    }

    private static void Damage(FaissRoom room, string damage)
    {
        var (index, rows) = (room.IndexPath, room.RowsPath);
        switch (damage)
        {
            case "no index": File.Delete(index); break;
            case "no rows": File.Delete(rows); break;
            case "no snapshot": Directory.Delete(Path.GetDirectoryName(index)!, recursive: true); break;
            case "index header": Flip(index, 2, 1); break;
            case "index cut": Cut(index); break;
            case "index of another": File.WriteAllBytes(index, [.. "IwFl"u8, .. new byte[500]]); break;
            case "rows flipped": Flip(rows, (int)(new FileInfo(rows).Length / 2), 4); break;
            case "rows cut": Cut(rows); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }

    private static void Cut(string path)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length - 9);
    }

    private static void Flip(string path, int at, byte bits)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= bits;
        File.WriteAllBytes(path, bytes);
    }

    private static FaissRoom CopyAsACrashLeavesIt(FaissRoom room)
    {
        var copy = new FaissRoom();
        foreach (var file in Directory.GetFiles(room.Paths.Directory, "*", SearchOption.AllDirectories).Where(f => f != room.Paths.Lock))
        {
            var target = Path.Combine(copy.Paths.Directory, Path.GetRelativePath(room.Paths.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
