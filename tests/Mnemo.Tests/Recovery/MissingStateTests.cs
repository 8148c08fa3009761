using Mnemo.Tests.Harness;
using System.Text;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Localization;
using Mnemo.Privacy;
using Mnemo.State;
using Mnemo.Tests.State;
using Xunit;

namespace Mnemo.Tests.Recovery;

public sealed class MissingStateTests
{
    private const int PageBytes = 4096;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Strings.English, "mnemo recover")]
    [InlineData(Strings.Chinese, "mnemo recover")]
    public async Task A_store_without_its_control_state_does_not_listen_and_one_line_names_the_way_on(string language, string remedy)
    {
        using var directory = new BotDirectory(language);
        await directory.FillAsync();
        DeleteControl(directory);
        var before = directory.Snapshot();

        var refusal = await Assert.ThrowsAsync<ControlStoreException>(() => directory.RunAsync(_ => Task.CompletedTask));

        Assert.Contains(remedy, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("control.db", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, directory.Snapshot());
    }

    [Theory]
    [InlineData("control.db-wal")]
    [InlineData("control.mark")]
    [InlineData("words.db")]
    public async Task Whatever_a_bot_has_left_without_its_control_state_is_no_new_data_directory(string left)
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.LeaveWaitingAsync(3);
        foreach (var file in Directory.GetFiles(directory.Path).Where(f => Path.GetFileName(f) != left)) File.Delete(file);
        Directory.Delete(Path.Combine(directory.Path, "faiss_data"), recursive: true);

        var refusal = await Assert.ThrowsAsync<ControlStoreException>(() => directory.RunAsync(_ => Task.CompletedTask));
        Assert.Contains(left, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_ended_before_its_control_state_was_made_left_a_new_data_directory()
    {
        using var directory = new BotDirectory();
        Directory.CreateDirectory(directory.Path);
        await using (await Mnemo.Indexing.TextIndex.OpenAsync(Path.Combine(directory.Path, "words.db"), Now))
        {
            // Only its empty tables.
        }

        await File.WriteAllBytesAsync(directory.Control, [], Now);
        await directory.RunAsync(_ => Task.CompletedTask);
    }

    [Fact]
    public async Task A_damaged_control_state_is_refused_with_the_same_way_on()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        Damage(directory);
        var before = directory.Snapshot();

        var refusal = await Assert.ThrowsAsync<ControlStoreException>(() => directory.RunAsync(_ => Task.CompletedTask));

        Assert.Contains("mnemo recover", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, directory.Snapshot());
    }

    [Fact]
    public async Task A_dry_run_says_what_is_lost_and_what_is_kept_and_changes_nothing()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        DeleteControl(directory);
        var before = directory.Snapshot();

        var reply = await directory.RecoverAsync();

        var text = BotDirectory.Text(reply);
        Assert.True(reply.IsSuccess, text);
        Assert.All((string[])["privacy choices", "forgotten people", "settings", "waiting messages", "#mnemosyne_default", "console:ana", "console:ben", "--confirm"],
            piece => Assert.Contains(piece, text, StringComparison.Ordinal));
        Assert.Equal(before, directory.Snapshot());
    }

    [Fact]
    public async Task After_a_recovery_everybody_who_is_known_is_off_until_the_operator_or_they_themselves_confirm()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        DeleteControl(directory);
        Assert.True((await directory.RecoverAsync(isConfirmed: true)).IsSuccess);

        await directory.RunAsync(async runtime =>
        {
            Assert.Contains(runtime.Notices.Lines, notice => notice.Contains("--opt-in", StringComparison.Ordinal));
            Assert.Equal(IntakeOutcome.PrivacyOff, await directory.SayAsync(runtime, "ana", "I moved to Lyon."));
            Assert.Equal(2, await CountAsync(runtime));
            await runtime.Privacy.SetAsync("console", "ben", PrivacyMode.On, Now);
        });
        var reply = await directory.RecoverAsync(optIn: ["ANA"]);
        Assert.True(reply.IsSuccess, BotDirectory.Text(reply));
        await directory.RunAsync(async runtime =>
        {
            Assert.DoesNotContain(runtime.Notices.Lines, notice => notice.Contains("--opt-in", StringComparison.Ordinal));
            Assert.Equal(IntakeOutcome.Accepted, await directory.SayAsync(runtime, "ana", "I moved to Lyon."));
            Assert.Equal(IntakeOutcome.Accepted, await directory.SayAsync(runtime, "ben", "I moved to Nice."));
        });
        Assert.Contains("nothing to recover", BotDirectory.Text(await directory.RecoverAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_the_console_is_silenced_and_confirmed_however_it_was_written()
    {
        using var directory = new BotDirectory();
        await directory.RunAsync(async runtime =>
        {
            await directory.SayAsync(runtime, "aNa", "My dog is called Biscuit.");
            await runtime.Worker.DrainAsync(Now);
        });
        DeleteControl(directory);
        await directory.RecoverAsync(isConfirmed: true);

        await directory.RunAsync(async runtime => Assert.Contains("aNa", await runtime.Privacy.SilencedAsync("console", Now)));
        Assert.True((await directory.RecoverAsync(optIn: ["ana"])).IsSuccess);
        await directory.RunAsync(async runtime => Assert.Empty(await runtime.Privacy.SilencedAsync("console", Now)));
    }

    [Fact]
    public async Task Somebody_who_is_not_waiting_for_a_confirmation_is_named_and_nobody_is_confirmed()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        DeleteControl(directory);
        await directory.RecoverAsync(isConfirmed: true);

        var reply = await directory.RecoverAsync(optIn: ["ana", "zoe"]);

        Assert.False(reply.IsSuccess);
        Assert.Contains("zoe", BotDirectory.Text(reply), StringComparison.Ordinal);
        await directory.RunAsync(async runtime => Assert.Equal(2, (await runtime.Privacy.UnconfirmedAsync(Now)).Count));
    }

    [Fact]
    public async Task An_import_after_a_recovery_says_that_the_ledger_was_lost()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.RunAsync(async runtime => Assert.Null(await runtime.Eraser.Ledger.LostAtAsync(Now)));
        DeleteControl(directory);
        await directory.RecoverAsync(isConfirmed: true);
        await directory.RunAsync(async runtime => Assert.NotNull(await runtime.Eraser.Ledger.LostAtAsync(Now)));
    }

    [Fact]
    public async Task Waiting_messages_come_back_from_a_log_whose_file_is_gone()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.LeaveWaitingAsync(200);
        File.Delete(directory.Control);

        var text = BotDirectory.Text(await directory.RecoverAsync(isConfirmed: true));

        Assert.Contains("set-aside", text, StringComparison.Ordinal);
        await directory.RunAsync(async runtime =>
        {
            await runtime.Worker.DrainAsync(Now);
            using var lease = await runtime.Stores.LeaseAsync(Now);
            var waited = await lease.Store.ScanAsync(null, MemoryFilter.Everything, Now).CountAsync(m => m.Text.StartsWith("Waiting line", StringComparison.Ordinal), Now);
            Assert.Equal(200, waited);
        });
    }

    [Fact]
    public async Task What_can_be_read_of_a_damaged_control_state_holds_again()
    {
        using var directory = new BotDirectory();
        var export = await directory.FillAsync();
        await directory.LeaveWaitingAsync(200);
        Damage(directory);

        var text = BotDirectory.Text(await directory.RecoverAsync(isConfirmed: true));

        await directory.RunAsync(async runtime =>
        {
            // Ben's own choice is known, so no confirmation of the operator concerns it.
            Assert.Equal(PrivacyMode.Off, await runtime.Privacy.GetAsync("console", "ben", Now));
            Assert.DoesNotContain(await runtime.Privacy.UnconfirmedAsync(Now), person => person.Id == "ben");
            await runtime.Worker.DrainAsync(Now);
            Assert.Equal(202, await CountAsync(runtime));
            // Carl was forgotten, and the ledger could be read.
            Assert.Equal(1, (await BotDirectory.ImportAsync(runtime, export)).Forgotten);
        });
        var aside = Assert.Single(Directory.GetDirectories(Path.Combine(directory.Path, ControlRecovery.AsideDirectory)));
        Assert.Contains(aside, text, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(aside), file => Path.GetFileName(file) == "control.db");
    }

    [Fact]
    public async Task Files_that_were_set_aside_go_with_the_next_forgetting()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.LeaveWaitingAsync(5);
        Damage(directory);
        await directory.RecoverAsync(isConfirmed: true);

        var receipt = await directory.RunAsync(runtime => runtime.Eraser.ForgetAsync(new PersonKey("console", "ana"), null, Now));

        Assert.True(receipt.IsClean);
        Assert.NotEqual(0, receipt.Places.Single(p => p.Name == "set_aside").Erased);
        foreach (var file in Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories))
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes("Waiting line")) < 0, file);
    }

    [Fact]
    public async Task A_recovery_that_was_interrupted_before_it_put_the_new_file_into_place_is_finished()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.LeaveWaitingAsync(20);
        Damage(directory);
        await Assert.ThrowsAsync<OperationCanceledException>(() => ControlRecovery.RebuildAsync(directory.Control, [], 0, _ => throw new OperationCanceledException(), TimeProvider.System, Now));
        Assert.NotEmpty(Directory.GetFiles(directory.Path, "*.recovered*"));

        Assert.True((await directory.RecoverAsync(isConfirmed: true)).IsSuccess);

        await directory.RunAsync(async runtime =>
        {
            await runtime.Worker.DrainAsync(Now);
            Assert.Equal(22, await CountAsync(runtime));
        });
        Assert.Empty(Directory.GetFiles(directory.Path, "*.recovered*"));
    }

    [Fact]
    public async Task A_loss_is_told_at_the_start_in_status_and_by_the_doctor_until_the_operator_has_read_it()
    {
        using var directory = new BotDirectory();
        await directory.FillAsync();
        await directory.LeaveWaitingAsync(5);
        File.Delete(directory.Control + "-wal");

        await directory.RunAsync(runtime =>
        {
            Assert.Contains(runtime.Notices.Lines, notice => notice.Contains("5 acknowledged messages are missing", StringComparison.Ordinal));
            return Task.CompletedTask;
        });
        await directory.RunAsync(async runtime =>
        {
            Assert.DoesNotContain(runtime.Notices.Lines, notice => notice.Contains("missing", StringComparison.Ordinal));
            Assert.Single(await new LossJournal(runtime.Control).OpenAsync(Now));
        });
        string[] told = [await directory.CommandAsync("/memory status"), await directory.CommandAsync("/memory doctor"), BotDirectory.Text(await directory.RecoverAsync())];
        Assert.All(told, text => Assert.Contains("5 acknowledged messages are missing", text, StringComparison.Ordinal));
        await directory.RecoverAsync(isConfirmed: true);
        string[] silent = [await directory.CommandAsync("/memory status"), await directory.CommandAsync("/memory doctor")];
        Assert.All(silent, text => Assert.DoesNotContain("5 acknowledged", text, StringComparison.Ordinal));
        Assert.Contains("nothing to recover", BotDirectory.Text(await directory.RecoverAsync()), StringComparison.Ordinal);
    }

    private static async Task<long> CountAsync(Mnemo.Plugin.Hosting.MnemoRuntime runtime)
    {
        using var lease = await runtime.Stores.LeaseAsync(Now);
        return await lease.Store.CountAsync(MemoryFilter.Everything, Now);
    }

    private static void DeleteControl(BotDirectory directory)
    {
        foreach (var file in Directory.GetFiles(directory.Path, "control.*")) File.Delete(file);
    }

    /// <summary>Writes over the first page: SQLite opens nothing of it, and every row on another page is whole.</summary>
    private static void Damage(BotDirectory directory)
    {
        using var file = new FileStream(directory.Control, FileMode.Open);
        file.Write(Enumerable.Repeat((byte)0x5A, PageBytes).ToArray());
        file.Close();
        if (File.Exists(directory.Control + "-wal")) KilledBot.Flip(directory.Control + "-wal", 40);
    }
}
