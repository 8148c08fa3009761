using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Commands;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Writing;

public sealed class WriteLogTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_keeps_one_entry_an_id_the_latest()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        MemoryId[] ids = [Sample.Id(1), Sample.Id(2)];
        Assert.Equal(new LogRange(1, 2), await fixture.Log.AppendAsync(1, ids, WriteOperation.Upsert, Now));
        Assert.Equal(new LogRange(3, 3), await fixture.Log.AppendAsync(1, [Sample.Id(1)], WriteOperation.Upsert, Now));
        Assert.Equal(new LogRange(4, 4), await fixture.Log.AppendAsync(2, [Sample.Id(1)], WriteOperation.Delete, Now));
        Assert.Equal((LogEntry[])[new(2, 1, Sample.Id(2), WriteOperation.Upsert), new(4, 2, Sample.Id(1), WriteOperation.Delete)], await fixture.Log.AfterAsync(0, 10, Now));
        Assert.Equal((2L, 4L), await fixture.Log.StatusAsync(Now) is var s ? (s.Entries, s.Last) : default);
    }

    [Fact]
    public async Task The_log_is_trimmed_to_its_slowest_reader()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Log.AppendAsync(1, [.. Enumerable.Range(1, 9).Select(i => Sample.Id(i))], WriteOperation.Upsert, Now);
        await fixture.Log.AdvanceAsync("copy", 4, Now);
        await fixture.Log.AdvanceAsync(WriteLog.TextIndexReader, 7, Now);
        Assert.Equal(5, (await fixture.Log.StatusAsync(Now)).Entries);
        Assert.Equal(4, await fixture.Log.TrimmedAsync(Now));
        await fixture.Log.RemoveReaderAsync("copy", Now);
        Assert.Equal([8L, 9L], (await fixture.Log.AfterAsync(0, 10, Now)).Select(e => e.Number));
        Assert.Equal(7, await fixture.Log.TrimmedAsync(Now));
        await fixture.RestartAsync(Now);
        Assert.Equal(9, await fixture.Log.LastAsync(Now));
    }

    [Fact]
    public async Task A_checkpoint_lets_go_of_what_every_reader_has()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.Writer.UpsertAsync(Make(fixture, 3), Now);
        Assert.Equal(3, (await fixture.Log.StatusAsync(Now)).Entries);
        using (var ticket = await fixture.Writer.BeginAsync(Now)) await fixture.Writer.CheckpointAsync(ticket, Now);
        Assert.Equal((0L, 3L), await fixture.Log.StatusAsync(Now) is var s ? (s.Entries, s.Last) : default);
        Assert.False(fixture.Writer.NeedsCheckpoint);
        await fixture.RestartAsync(Now);
        Assert.Equal(3, fixture.TextIndex.Count);
    }

    [Fact]
    public async Task What_a_crash_left_between_log_store_and_text_index_agrees_after_the_next_start()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        var memories = Make(fixture, 4);
        await fixture.Writer.UpsertAsync([memories[0], memories[1]], Now);

        // Logged and stored; logged only; logged and deleted; each without its words.
        await fixture.Log.AppendAsync(1, [memories[2].Id, memories[3].Id], WriteOperation.Upsert, Now);
        await fixture.Store.UpsertAsync([memories[2]], Now);
        await fixture.Log.AppendAsync(1, [memories[0].Id], WriteOperation.Delete, Now);
        await fixture.Store.DeleteAsync([memories[0].Id], Now);
        var scans = fixture.Store.Calls("scan");
        await fixture.RestartAsync(Now);

        Assert.Equal([null, memories[1].Id, memories[2].Id, (MemoryId?)null], memories.Select(m => fixture.TextIndex.FindDuplicate(m.Scope, m.Speaker.Id, m.Text)));
        Assert.Equal(2, fixture.TextIndex.Count);
        // Only the three of the log were read again, not the whole store.
        Assert.Equal(1, fixture.Store.Calls("scan") - scans);
    }

    [Fact]
    public async Task A_memory_said_alone_costs_three_commits_of_the_control_state()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Now);
        await fixture.SayAsync(Now, CaptureFixture.Message("m0", "I live in Lyon."));
        await fixture.Worker.DrainAsync(Now);
        var before = Commits(fixture.Directory);
        await fixture.SayAsync(Now, CaptureFixture.Message("m1", "My dog is called Biscuit.", atSeconds: 1));
        Assert.Equal(before + 1, Commits(fixture.Directory));
        await fixture.Worker.DrainAsync(Now);
        Assert.Equal(before + 3, Commits(fixture.Directory));
    }

    [Fact]
    public async Task Status_shows_how_long_the_log_is()
    {
        await using var bot = await TestBot.StartAsync();
        await bot.SayAsync(TestBot.Member("ana", "general"), "My dog is called Biscuit.");
        await bot.Runtime.Worker.DrainAsync(Now);
        Assert.Matches("write log +1 kept, last number 1", await bot.TextOfAsync(TestBot.Operator(), "/memory status"));
    }

    private static List<Memory> Make(CaptureFixture fixture, int count) =>
        [.. Enumerable.Range(1, count).Select(i => Sample.Memory(i, $"Fact number {i}.") with { Vector = fixture.Embedder.Embed("x"), Embedding = fixture.Embedder.Fingerprint })];

    // A frame of the log that ends a transaction says how large the database is then; each of them is synced.
    private static int Commits(string directory)
    {
        using var file = new FileStream(Path.Combine(directory, "control.db-wal"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var page = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8));
        var commits = 0;
        for (var at = 32; at + 24 + page <= bytes.Length; at += 24 + page)
        {
            if (bytes.AsSpan(at + 8, 8).SequenceEqual(bytes.AsSpan(16, 8)) && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4)) != 0) commits++;
        }

        return commits;
    }
}
