using LiteDB;
using LiteDB.Engine;
using Mnemo.Backends.Faiss;
using Mnemo.Backends.Rows;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Backends.Faiss;

public class RecordFileTests
{
    [Fact]
    public void A_transaction_that_reached_the_log_is_there_after_a_crash_before_the_data_file_changed()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "records-1.db");
        Fill(path, 10);
        CommitToTheLogOnly(path, 11);
        Assert.True(new FileInfo(RecordFile.LogPath(path)).Length > 8192);

        using var records = RecordFile.Open(path);
        Assert.NotNull(records.Find(11));
        Assert.Equal(10, records.State.Count);
        Assert.Equal(0, new FileInfo(RecordFile.LogPath(path)).Length);
    }

    [Fact]
    public void A_log_that_was_torn_is_as_if_the_transaction_had_not_been()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "records-1.db");
        Fill(path, 10);
        CommitToTheLogOnly(path, 11);
        var log = File.ReadAllBytes(RecordFile.LogPath(path));
        foreach (var (length, flip) in new[] { (log.Length - 1, 0), (8192, 0), (10, 0), (log.Length, 24 + 100), (log.Length, log.Length - 1), (log.Length, 9), (log.Length, 17) })
        {
            var torn = log[..length];
            if (flip > 0) torn[flip] ^= 1;
            File.WriteAllBytes(RecordFile.LogPath(path), torn);
            using var records = RecordFile.Open(path);
            Assert.Null(records.Find(11));
            Assert.Equal(10, records.State.Count);
        }
    }

    [Fact]
    public void A_transaction_that_fails_leaves_nothing_and_the_file_usable()
    {
        using var scratch = new ScratchDirectory();
        var path = Path.Combine(scratch.Path, "records-1.db");
        Fill(path, 10);
        using var records = RecordFile.Open(path);
        var state = records.State;
        var bad = new BsonDocument { ["_id"] = 12L, ["text"] = new string('x', 20_000_000) };
        Assert.ThrowsAny<Exception>(() => records.Commit([new BsonDocument { ["_id"] = 11L }, bad], [1], state with { Rows = 99 }));
        Assert.Equal(state, records.State);
        Assert.NotNull(records.Find(1));
        records.Commit([new BsonDocument { ["_id"] = 11L }], [1], state with { Rows = 11 });
        Assert.Equal((10L, 11, 1L), (records.State.Count, records.State.Rows, records.State.Deletes));
        Assert.Equal([1L], records.DeletedAfter(0));
    }

    [Fact]
    public void A_record_of_which_any_field_changed_by_itself_is_refused()
    {
        var document = RecordDocument.From(Sample.Full(7), out _);
        RecordDocument.Place(document, new RowPlace(1, 2));
        Assert.Equal(Sample.Full(7) with { Vector = default }, RecordDocument.Read(document, Sample.Embedding));
        foreach (var field in document.Keys.Except(["segment", "row"]))
        {
            var changed = new BsonDocument(document);
            changed[field] = Changed(changed[field]);
            Assert.Throws<MemoryStoreException>(() => RecordDocument.Read(changed, Sample.Embedding));
        }
    }

    private static BsonValue Changed(BsonValue value) => value.Type switch
    {
        BsonType.Array => new BsonArray(value.AsArray.Skip(1)),
        BsonType.Double => value.AsDouble + 0.125,
        BsonType.Int64 => value.AsInt64 ^ 4,
        BsonType.String when Enum.TryParse<MemoryKind>(value.AsString, out var kind) => Enum.GetValues<MemoryKind>().First(k => k != kind).ToString(),
        BsonType.String when Enum.TryParse<Trust>(value.AsString, out var trust) => Enum.GetValues<Trust>().First(t => t != trust).ToString(),
        BsonType.String => value.AsString + "x",
        _ => throw new ArgumentOutOfRangeException(nameof(value), $"The sample has a {value.Type} where nothing could change."),
    };

    [Fact]
    public async Task A_damaged_records_file_is_told_or_does_no_harm_and_is_left_as_it_is()
    {
        using var room = new FaissRoom();
        var memories = await room.FillAsync(300);
        var path = room.Paths.Records("records-1.db");
        var whole = await File.ReadAllBytesAsync(path, FaissRoom.Token);
        var random = new Random(4);
        var told = 0;
        for (var round = 0; round < 40; round++)
        {
            var bytes = whole.ToArray();
            var at = round < 8 ? round * 16 : random.Next(bytes.Length - 4000);
            random.NextBytes(bytes.AsSpan(at, round % 2 == 0 ? 4 : 4000));
            if (round % 5 == 4) bytes = bytes[..random.Next(100, bytes.Length)];
            await File.WriteAllBytesAsync(path, bytes, FaissRoom.Token);
            if (await Task.Run(() => IsToldAsync(room, memories), FaissRoom.Token).WaitAsync(TimeSpan.FromSeconds(30), FaissRoom.Token)) told++;
            Assert.Equal(bytes, await File.ReadAllBytesAsync(path, FaissRoom.Token));
            Assert.True(File.Exists(room.Paths.Segment(1)));
        }

        Assert.InRange(told, 20, 40);
        await File.WriteAllBytesAsync(path, whole, FaissRoom.Token);
        await using var store = await room.OpenAsync();
        await FaissRoom.AssertHoldsAsync(store, memories);
    }

    private static async Task<bool> IsToldAsync(FaissRoom room, IReadOnlyList<Memory> memories)
    {
        try
        {
            await using var store = await room.OpenAsync();
            if (await store.ScanAsync(ScanQuery.Everything, FaissRoom.Token).AnyAsync(row => !row.IsWhole, FaissRoom.Token)) return true;
            await FaissRoom.AssertHoldsAsync(store, memories);
            return false;
        }
        catch (MemoryStoreException e)
        {
            Assert.Contains("backup", e.Message);
            return true;
        }
    }

    private static void Fill(string path, int count)
    {
        using var records = RecordFile.Open(path);
        records.Commit([.. Enumerable.Range(1, count).Select(i => new BsonDocument { ["_id"] = (long)i, ["text"] = new string('x', 3000) })], [], new RecordState(1, count, 0, false, 0));
    }

    /// <summary>What a crash leaves between the sync of the log and the first write to the data file.</summary>
    private static void CommitToTheLogOnly(string path, long id)
    {
        var log = new RecordLog(RecordFile.LogPath(path));
        var data = new MemoryStream();
        data.Write(File.ReadAllBytes(path));
        using (var engine = new LiteEngine(new EngineSettings { DataStream = data, LogStream = log, Collation = Collation.Binary }))
        {
            engine.BeginTrans();
            engine.Insert("memories", [new BsonDocument { ["_id"] = id, ["text"] = new string('y', 9000) }], BsonAutoId.Int64);
            engine.Commit();
        }

        log.Persist();
        log.Release();
    }
}
