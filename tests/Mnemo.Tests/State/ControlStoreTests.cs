using System.Text;
using Microsoft.Data.Sqlite;
using Mnemo.State;
using Xunit;

namespace Mnemo.Tests.State;

public sealed class ControlStoreTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_that_wait_together_share_one_sync()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        using var held = new ManualResetEventSlim();
        var first = fixture.Control.WriteAsync(_ => held.Wait(Now), Now);
        var before = fixture.Control.Syncs;
        var many = Enumerable.Range(0, 200).Select(i => fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}"), Now)).ToList();
        held.Set();
        await first;
        await Task.WhenAll(many);

        Assert.InRange(fixture.Control.Syncs - before, 1, 20);
        Assert.Equal(200, (await fixture.Outbox.StatusAsync(Now)).Pending);
    }

    [Fact]
    public async Task One_message_costs_one_sync()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        var before = fixture.Control.Syncs;
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m2"), Now);
        Assert.Equal(1, fixture.Control.Syncs - before);
    }

    [Fact]
    public async Task A_write_that_fails_takes_only_itself_back()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        using var held = new ManualResetEventSlim();
        var first = fixture.Control.WriteAsync(_ => held.Wait(Now), Now);
        var good = fixture.Control.WriteAsync(c => StateValues.Set(c, "good", 1L), Now);
        var bad = fixture.Control.WriteAsync(c =>
        {
            StateValues.Set(c, "bad", 1L);
            throw new InvalidOperationException("no");
        }, Now);
        var after = fixture.Control.WriteAsync(c => StateValues.Set(c, "after", 1L), Now);
        held.Set();
        await Task.WhenAll(first, good, after);

        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        var names = await fixture.Control.ReadAsync(c => c.Query("SELECT name FROM facts WHERE name <> 'salt' ORDER BY name", r => r.GetString(0)), Now);
        Assert.Equal(["after", "good"], names);
    }

    [Fact]
    public async Task A_damaged_file_is_explained_and_left_alone()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Control.DisposeAsync();
        var noise = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("this is no database. ", 500)));
        await File.WriteAllBytesAsync(fixture.File, noise, Now);

        var e = await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(fixture.File, fixture.Clock, Now));
        Assert.Contains("backup", e.Message, StringComparison.Ordinal);
        Assert.Equal(noise, await File.ReadAllBytesAsync(fixture.File, Now));
    }

    [Fact]
    public async Task A_file_with_a_torn_page_is_explained_and_left_alone()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        for (var i = 0; i < 200; i++) await fixture.Outbox.EnqueueAsync(StateFixture.Message($"m{i}"), Now);
        await fixture.Control.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(fixture.File, Now);
        bytes.AsSpan(bytes.Length - 3 * 4096).Fill(0x5A);
        await File.WriteAllBytesAsync(fixture.File, bytes, Now);

        await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(fixture.File, fixture.Clock, Now));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(fixture.File, Now));
    }

    [Theory]
    [InlineData("INSERT INTO schema_versions VALUES (99, 'x', 'y', 0)", "newer")]
    [InlineData("UPDATE schema_versions SET checksum = 'x'", "differs")]
    [InlineData("ALTER TABLE users ADD COLUMN colour TEXT", "altered")]
    public async Task A_newer_or_altered_schema_is_refused(string change, string word)
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Control.DisposeAsync();
        await ChangeAsync(fixture.File, change);

        var e = await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(fixture.File, fixture.Clock, Now));
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        var other = Path.Combine(fixture.Directory, "other.db");
        await ChangeAsync(other, "CREATE TABLE theirs (x)");
        await Assert.ThrowsAsync<ControlStoreException>(() => ControlStore.OpenAsync(other, fixture.Clock, Now));
    }

    [Fact]
    public async Task A_later_version_is_applied_to_an_older_file()
    {
        await using var fixture = await StateFixture.OpenAsync(Now);
        await fixture.Outbox.EnqueueAsync(StateFixture.Message("m1"), Now);
        await fixture.Control.DisposeAsync();

        await using var upgraded = await ControlStore.OpenAsync(fixture.File, [.. ControlTables.Versions, "CREATE TABLE later (x) STRICT".Replace("x)", "x ANY)", StringComparison.Ordinal)], fixture.Clock, Now);
        Assert.Equal(1, await upgraded.ReadAsync(c => c.Number("SELECT count(*) FROM outbox"), Now));
        Assert.Equal(0, await upgraded.ReadAsync(c => c.Number("SELECT count(*) FROM later"), Now));
        Assert.Empty(await upgraded.CheckAsync(Now));
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
