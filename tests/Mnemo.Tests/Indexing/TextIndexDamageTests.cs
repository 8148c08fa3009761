using Microsoft.Data.Sqlite;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recall;
using Xunit;

namespace Mnemo.Tests.Indexing;

/// <summary>The text index is derived: whatever happens to its file, no message is lost, no question fails, and what was said is found again.</summary>
public sealed class TextIndexDamageTests : IAsyncLifetime
{
    private const string Store = "inmemory:test";

    private readonly ScratchDirectory _scratch = new();
    private Remembered _memory = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string IndexFile => Path.Combine(_scratch.Path, "words.db");

    public async ValueTask InitializeAsync() => _memory = await Remembered.OpenAsync(_scratch.Path, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_question_that_meets_a_damaged_index_is_answered_by_vectors_and_the_index_comes_back()
    {
        var dog = await _memory.SayAsync("general", "ana", "My dog is called Biscuit.", Cancellation);
        var emptied = _memory.TextIndex.Emptied;
        DamageTextIndex(IndexFile);

        var query = new RecallQuery(Remembered.In("general", "ana"), new Speaker("ana", "ana"), "What is my dog called?");
        Assert.Equal(dog.Id, Assert.Single((await _memory.Recaller(new RecallOptions()).RecallAsync(query, Cancellation)).Hits).Memory.Id);

        await emptied.WaitAsync(Cancellation);
        await _memory.TextIndex.EnsureCurrentAsync(_memory.Store, Store, _memory.Control, Cancellation);
        Assert.Equal(dog.Id, Assert.Single(_memory.Find("general", "ana", "dog")).Id);
    }

    [Fact]
    public async Task Messages_are_stored_although_the_index_is_damaged()
    {
        await using var fixture = await CaptureFixture.OpenAsync(Cancellation);
        await fixture.SayAsync(Cancellation, CaptureFixture.Message("m0", "I live in Lyon."));
        await fixture.Worker.DrainAsync(Cancellation);
        DamageTextIndex(Path.Combine(fixture.Directory, "words.db"));

        await fixture.SayAsync(Cancellation, CaptureFixture.Message("m1", "My dog is called Biscuit."), CaptureFixture.Message("m2", "I like tea."));
        await fixture.Worker.DrainAsync(Cancellation);

        var status = await fixture.Outbox.StatusAsync(Cancellation);
        Assert.Equal((0, 0, 3), (status.Pending, status.Failed, status.StoredTotal));
        await fixture.RestartAsync(Cancellation);
        Assert.Equal(3, fixture.TextIndex.Count);
    }

    [Fact]
    public async Task A_page_damaged_deep_in_the_file_is_rebuilt_at_the_next_start()
    {
        var damaged = Path.Combine(_scratch.Path, "damaged.db");
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.TextIndex.PurgeAsync(Cancellation);
        File.Copy(IndexFile, damaged);
        DamagePages(damaged);

        await using var textIndex = await TextIndex.OpenAsync(damaged, Cancellation);
        await textIndex.EnsureCurrentAsync(_memory.Store, Store, _memory.Control, Cancellation);
        Assert.Equal(tea.Id, Assert.Single(textIndex.Search(new TextQuery(tea.Scope, null, "tea"), new TextSearchOptions()).Hits).Id);
    }

    [Fact]
    public async Task A_page_found_damaged_by_the_upkeep_is_rebuilt_by_it()
    {
        var damaged = Path.Combine(_scratch.Path, "damaged.db");
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.TextIndex.PurgeAsync(Cancellation);
        File.Copy(IndexFile, damaged);
        await using var textIndex = await TextIndex.OpenAsync(damaged, Cancellation);
        DamagePages(damaged);

        await textIndex.EnsureCurrentAsync(_memory.Store, Store, _memory.Control, Cancellation);
        Assert.Equal(tea.Id, textIndex.FindDuplicate(tea.Scope, "ana", "I like tea."));
    }

    [Fact]
    public async Task A_locked_file_is_a_failure_that_passes()
    {
        var tea = _memory.Make("general", "ana", "I like tea.");
        var path = Path.Combine(_scratch.Path, "locked.db");
        await using var textIndex = await TextIndex.OpenAsync(path, busyTimeoutSeconds: 1, Cancellation);
        using (var other = Open(path))
        {
            Run(other, "BEGIN IMMEDIATE");
            var e = await Assert.ThrowsAsync<MemoryStoreException>(() => textIndex.ApplyAsync([tea], [], 0, Cancellation));
            Assert.True(e.IsTransient);
            Assert.Contains("locked.db is in use by another program", e.Message, StringComparison.Ordinal);
        }

        await textIndex.ApplyAsync([tea], [], 0, Cancellation);
        Assert.Equal(1, textIndex.Count);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, true)]
    [InlineData(8, true)]
    [InlineData(10, true)]
    [InlineData(11, true)]
    [InlineData(13, true)]
    [InlineData(14, true)]
    [InlineData(26, true)]
    [InlineData(1, false)]
    public void What_the_disk_does_passes_and_what_we_did_wrong_does_not(int code, bool isPassing)
    {
        var e = TextIndexFailure.From(new SqliteException("near \"secret\"", code), "upsert", "words.db");
        Assert.Equal(isPassing, e.IsTransient);
        Assert.Contains("words.db", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purge_that_cannot_empty_the_log_says_so()
    {
        var path = Path.Combine(_scratch.Path, "held.db");
        await using var textIndex = await TextIndex.OpenAsync(path, busyTimeoutSeconds: 1, Cancellation);
        var tea = _memory.Make("general", "ana", "I like tea.");
        await textIndex.ApplyAsync([tea], [], 0, Cancellation);
        using (var other = Open(path))
        {
            Run(other, "BEGIN");
            Run(other, "SELECT count(*) FROM rows");
            await textIndex.ApplyAsync([], [tea.Id], 0, Cancellation);
            Assert.True((await Assert.ThrowsAsync<MemoryStoreException>(() => textIndex.PurgeAsync(Cancellation))).IsTransient);
        }

        await textIndex.PurgeAsync(Cancellation);
        Assert.Equal(0, new FileInfo(path + "-wal").Length);
    }

    // Row 10 is the record of FTS5 that says where all others are.
    internal static void DamageTextIndex(string path)
    {
        using var other = Open(path);
        Run(other, "UPDATE words_data SET block = x'FFFFFFFFFFFFFFFF' WHERE id = 10");
    }

    // The first page, with the schema, stays whole, so that the file opens.
    private static void DamagePages(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var garbage = new byte[stream.Length - 4096];
        Array.Fill(garbage, (byte)0xA5);
        stream.Position = 4096;
        stream.Write(garbage);
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }
}
