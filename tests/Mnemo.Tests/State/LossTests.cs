using Microsoft.Data.Sqlite;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class LossTests
{
    private const int Messages = 60, LogHeader = 32, FrameHeader = 24, PageBytes = 4096;
    private static readonly CaptureOptions Options = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flipped_byte_in_the_log_of_a_killed_bot_loses_no_acknowledged_message_silently(bool isLogBegunAnew)
    {
        await using var fixture = await WaitingAsync(isLogBegunAnew ? Messages - (Messages / 4) : Messages);
        if (isLogBegunAnew)
        {
            // What follows is written over the beginning of the log; behind it frames of the former one are left.
            await ChangeAsync(fixture.File, "PRAGMA wal_checkpoint(PASSIVE)");
            for (var i = Messages - (Messages / 4); i < Messages; i++) await fixture.Outbox.EnqueueAsync(Line(i), Now);
        }

        using var killed = KilledBot.Copy(fixture);
        var log = await File.ReadAllBytesAsync(killed.Log, Now);
        var file = await File.ReadAllBytesAsync(killed.File, Now);
        var mark = await File.ReadAllBytesAsync(ControlMark.PathOf(killed.File), Now);
        var random = new Random(18);
        var missing = 0L;
        for (var round = 0; round < 60; round++)
        {
            await File.WriteAllBytesAsync(killed.File, file, Now);
            await File.WriteAllBytesAsync(killed.Log, log, Now);
            await File.WriteAllBytesAsync(ControlMark.PathOf(killed.File), mark, Now);
            File.Delete(killed.File + "-shm");
            KilledBot.Flip(killed.Log, random.Next(log.Length));
            var (control, waiting) = await killed.StartAsync(fixture.Clock, Now);
            await using (control)
            {
                Assert.Equal(Messages, waiting.Select(row => row.Message.Id).Distinct().Count() + (control.Loss?.Messages ?? 0));
                Assert.Empty(await control.CheckAsync(Now));
                missing += control.Loss?.Messages ?? 0;
            }
        }

        // Each flip damages one row at most; SQLite alone would have lost half of all of them.
        Assert.InRange(missing, 0, 60);
    }

    [Fact]
    public async Task What_is_missing_is_named_by_its_numbers_and_told_once()
    {
        await using var fixture = await WaitingAsync();
        using var killed = KilledBot.Copy(fixture);
        // Everything behind the middle is gone, as if the disk had lost it.
        var frames = (new FileInfo(killed.Log).Length - LogHeader) / (FrameHeader + PageBytes);
        using (var log = new FileStream(killed.Log, FileMode.Open)) log.SetLength(LogHeader + (frames / 2 * (FrameHeader + PageBytes)));

        var (control, waiting) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            var loss = Assert.IsType<Loss>(control.Loss);
            Assert.Equal((waiting[^1].Sequence + 1, (long)Messages, Messages - waiting.Count), (loss.First, loss.Last, (int)loss.Messages));
            Assert.Equal(loss, Assert.Single(await new LossJournal(control).OpenAsync(Now)));
        }

        await using var again = await ControlStore.OpenAsync(killed.File, fixture.Clock, Now);
        Assert.Null(again.Loss);
        var journal = new LossJournal(again);
        Assert.Single(await journal.OpenAsync(Now));
        await journal.AcknowledgeAsync(Now);
        Assert.Empty(await journal.OpenAsync(Now));
        Assert.Equal(Messages + 1, (await new Outbox(again).EnqueueAsync(StateFixture.Message("later"), Now)).Sequence);
    }

    [Fact]
    public async Task What_had_become_a_memory_before_the_damage_is_not_missing_and_does_not_wait_again()
    {
        await using var fixture = await WaitingAsync();
        await fixture.CompleteAllAsync(Options, Now);
        using var killed = KilledBot.Copy(fixture);
        KilledBot.Flip(killed.Log, LogHeader + FrameHeader + 100);

        var (control, waiting) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            Assert.Empty(waiting);
            Assert.Equal(0, Assert.IsType<Loss>(control.Loss).Messages);
            Assert.NotEqual(0, control.Loss!.Changes);
        }
    }

    [Fact]
    public async Task A_choice_behind_the_damage_holds()
    {
        await using var fixture = await WaitingAsync();
        await new PrivacySettings(fixture.Control).SetAsync("test", "ana", PrivacyMode.Off, Now);
        using var killed = KilledBot.Copy(fixture);
        KilledBot.Flip(killed.Log, LogHeader + FrameHeader + 100);

        var (control, _) = await killed.StartAsync(fixture.Clock, Now);
        await using (control) Assert.Equal(PrivacyMode.Off, await new PrivacySettings(control).GetAsync("test", "ana", Now));
    }

    [Fact]
    public async Task Which_store_is_the_active_one_is_known_again_from_behind_the_damage()
    {
        await using var fixture = await WaitingAsync();
        var router = new StoreRouter(fixture.Control);
        var first = await router.SaveAsync(new StoreRoute(new StoreAddress("first", "", "one"), 1, "set-1", null), Now);
        await router.SaveAsync(first with { State = StoreState.Retained }, Now);
        var second = await router.SaveAsync(new StoreRoute(new StoreAddress("second", "place", "two"), 1, "set-2", new EmbeddingFingerprint("p", "m", 8, true)) { Mark = 7 }, Now);
        using var killed = KilledBot.Copy(fixture);
        KilledBot.Flip(killed.Log, LogHeader + FrameHeader + 100);

        var (control, _) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            Assert.Equal(second, await new StoreRouter(control).GetAsync(Now));
            Assert.Equal(2, (await new StoreRouter(control).AllAsync(Now)).Count);
        }
    }

    [Fact]
    public async Task Numbers_of_the_write_log_that_are_lost_are_not_given_out_again_and_its_readers_begin_anew()
    {
        await using var fixture = await WaitingAsync();
        var log = new WriteLog(fixture.Control);
        await log.AppendAsync(1, [new MemoryId(1)], WriteOperation.Upsert, Now);
        await log.AdvanceAsync(WriteLog.TextIndexReader, 1, Now);
        var whole = new FileInfo(fixture.File + "-wal").Length;
        await log.AppendAsync(1, [new MemoryId(2), new MemoryId(3)], WriteOperation.Upsert, Now);
        using var killed = KilledBot.Copy(fixture);
        using (var cut = new FileStream(killed.Log, FileMode.Open)) cut.SetLength(whole);

        var (control, _) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            Assert.NotNull(control.Loss);
            Assert.Equal((3, 3), (await new WriteLog(control).LastAsync(Now), await new WriteLog(control).TrimmedAsync(Now)));
        }
    }

    [Fact]
    public async Task A_bot_that_was_killed_or_stopped_without_damage_has_lost_nothing()
    {
        await using var fixture = await WaitingAsync();
        using var killed = KilledBot.Copy(fixture);
        var (control, waiting) = await killed.StartAsync(fixture.Clock, Now);
        await using (control)
        {
            Assert.Null(control.Loss);
            Assert.Equal(Messages, waiting.Count);
        }

        await fixture.CompleteAllAsync(Options, Now);
        await fixture.Control.PurgeAsync(Now);
        await fixture.RestartAsync(Now);
        Assert.Null(fixture.Control.Loss);
    }

    [Fact]
    public async Task A_row_that_is_gone_from_the_file_is_noticed()
    {
        await using var fixture = await WaitingAsync();
        await fixture.Control.DisposeAsync();
        await ChangeAsync(fixture.File, "DROP TRIGGER outbox_left; DELETE FROM outbox WHERE sequence IN (7, 8)");
        await ChangeAsync(fixture.File, TriggerAgain());

        await using var control = await ControlStore.OpenAsync(fixture.File, fixture.Clock, Now);
        Assert.Equal(2, Assert.IsType<Loss>(control.Loss).Messages);
    }

    [Fact]
    public async Task A_waiting_message_that_the_disk_has_changed_is_set_aside_and_says_why()
    {
        await using var fixture = await WaitingAsync();
        await fixture.Control.WriteAsync(c => c.Execute("UPDATE outbox SET payload = CAST(replace(CAST(payload AS TEXT), 'Biscuit', 'Dumplin') AS BLOB) WHERE message = 'm7'"), Now);

        var waiting = await fixture.Outbox.PendingAsync(Messages, Now);

        Assert.DoesNotContain(waiting, row => row.Message.Id == "m7");
        Assert.Equal(Messages - 1, waiting.Count);
        var status = await fixture.Outbox.StatusAsync(Now);
        Assert.Equal(1, status.Failed);
        Assert.Contains("checksum", status.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_waiting_message_of_the_release_before_has_no_checksum_and_is_taken()
    {
        await using var fixture = await WaitingAsync();
        await fixture.Control.WriteAsync(c => c.Execute("UPDATE outbox SET checksum = NULL"), Now);
        await fixture.RestartAsync(Now);
        Assert.Equal(Messages, (await fixture.Outbox.PendingAsync(Messages, Now)).Count);
        Assert.Null(fixture.Control.Loss);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_and_are_not_given_again_after_a_restart()
    {
        await using var fixture = await WaitingAsync();
        Assert.Equal(Enumerable.Range(1, Messages).Select(i => (long)i), (await fixture.Outbox.PendingAsync(Messages, Now)).Select(row => row.Sequence));
        Assert.Equal(IntakeOutcome.AlreadyKnown, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("m3"), Now)).Outcome);
        await fixture.CompleteAllAsync(Options, Now);
        await fixture.RestartAsync(Now);
        Assert.Equal(Messages + 1, (await fixture.Outbox.EnqueueAsync(StateFixture.Message("later"), Now)).Sequence);
    }

    private static async Task<StateFixture> WaitingAsync(int messages = Messages)
    {
        var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < messages; i++) await fixture.Outbox.EnqueueAsync(Line(i), Now);
        return fixture;
    }

    private static ChatMessage Line(int i) => StateFixture.Message($"m{i}", $"My dog is called Biscuit, and this is line {i} of what I say of him.");

    private static string TriggerAgain()
    {
        var start = Progress.Tables.IndexOf("CREATE TRIGGER outbox_left", StringComparison.Ordinal);
        return Progress.Tables[start..(Progress.Tables.IndexOf("END;", start, StringComparison.Ordinal) + 4)];
    }

    private static async Task ChangeAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Now);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Now);
    }
}
