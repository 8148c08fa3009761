using Microsoft.Data.Sqlite;
using Mnemo.Memories;
using Mnemo.Recall;
using Mnemo.Storage;
using Mnemo.Tests.Capture;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Recall;

/// <summary>The word index is derived: whatever happens to its file, no message is lost, no question fails, and the words come back.</summary>
public sealed class WordDamageTests : IAsyncLifetime
{
    private const string Store = "inmemory:test";

    private readonly ScratchDirectory _scratch = new();
    private Remembered _memory = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Words => Path.Combine(_scratch.Path, "words.db");

    public async ValueTask InitializeAsync() => _memory = await Remembered.OpenAsync(_scratch.Path, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_question_that_meets_damaged_words_is_answered_by_vectors_and_the_words_come_back()
    {
        var dog = await _memory.SayAsync("general", "ana", "My dog is called Biscuit.", Cancellation);
        var emptied = _memory.Words.Emptied;
        DamageWords(Words);

        var query = new RecallQuery(Remembered.In("general", "ana"), new Speaker("ana", "ana"), "What is my dog called?");
        Assert.Equal(dog.Id, Assert.Single((await _memory.Recaller(new RecallOptions()).RecallAsync(query, Cancellation)).Hits).Memory.Id);

        await emptied.WaitAsync(Cancellation);
        await _memory.Words.EnsureCurrentAsync(_memory.Store, Store, null, Cancellation);
        Assert.Equal(dog.Id, Assert.Single(_memory.Find("general", "ana", "dog")).Id);
    }

    [Fact]
    public async Task Messages_are_stored_although_the_words_are_damaged()
    {
        await using var bench = await CaptureBench.OpenAsync(Cancellation);
        await bench.SayAsync(Cancellation, CaptureBench.Message("m0", "I live in Lyon."));
        await bench.Worker.DrainAsync(Cancellation);
        DamageWords(Path.Combine(bench.Directory, "words.db"));

        await bench.SayAsync(Cancellation, CaptureBench.Message("m1", "My dog is called Biscuit."), CaptureBench.Message("m2", "I like tea."));
        await bench.Worker.DrainAsync(Cancellation);

        var status = await bench.Outbox.StatusAsync(Cancellation);
        Assert.Equal((0, 0, 3), (status.Pending, status.Failed, status.StoredTotal));
        await bench.RestartAsync(Cancellation);
        Assert.Equal(3, bench.Words.Count);
    }

    [Fact]
    public async Task A_page_damaged_deep_in_the_file_is_rebuilt_at_the_next_start()
    {
        var damaged = Path.Combine(_scratch.Path, "damaged.db");
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.Words.PurgeAsync(Cancellation);
        File.Copy(Words, damaged);
        DamagePages(damaged);

        await using var words = await WordIndex.OpenAsync(damaged, Cancellation);
        await words.EnsureCurrentAsync(_memory.Store, Store, null, Cancellation);
        Assert.Equal(tea.Id, Assert.Single(words.Search(new WordQuery(tea.Scope, null, "tea"), new RecallOptions()).Hits).Id);
    }

    [Fact]
    public async Task A_page_found_damaged_by_the_upkeep_is_rebuilt_by_it()
    {
        var damaged = Path.Combine(_scratch.Path, "damaged.db");
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.Words.PurgeAsync(Cancellation);
        File.Copy(Words, damaged);
        await using var words = await WordIndex.OpenAsync(damaged, Cancellation);
        DamagePages(damaged);

        await words.EnsureCurrentAsync(_memory.Store, Store, null, Cancellation);
        Assert.Equal(tea.Id, words.FindDuplicate(tea.Scope, "ana", "I like tea."));
    }

    [Fact]
    public async Task A_locked_file_is_a_failure_that_passes()
    {
        var tea = _memory.Make("general", "ana", "I like tea.");
        var path = Path.Combine(_scratch.Path, "locked.db");
        await using var words = await WordIndex.OpenAsync(path, patienceSeconds: 1, Cancellation);
        using (var other = Open(path))
        {
            Run(other, "BEGIN IMMEDIATE");
            var e = await Assert.ThrowsAsync<MemoryStoreException>(() => words.ApplyAsync([tea], [], Cancellation));
            Assert.True(e.IsTransient);
            Assert.Contains("locked.db is in use by another program", e.Message, StringComparison.Ordinal);
        }

        await words.ApplyAsync([tea], [], Cancellation);
        Assert.Equal(1, words.Count);
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
        var e = WordFailure.From(new SqliteException("near \"secret\"", code), "upsert", "words.db");
        Assert.Equal(isPassing, e.IsTransient);
        Assert.Contains("words.db", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purge_that_cannot_empty_the_log_says_so()
    {
        var path = Path.Combine(_scratch.Path, "held.db");
        await using var words = await WordIndex.OpenAsync(path, patienceSeconds: 1, Cancellation);
        var tea = _memory.Make("general", "ana", "I like tea.");
        await words.ApplyAsync([tea], [], Cancellation);
        using (var other = Open(path))
        {
            Run(other, "BEGIN");
            Run(other, "SELECT count(*) FROM rows");
            await words.ApplyAsync([], [tea.Id], Cancellation);
            Assert.True((await Assert.ThrowsAsync<MemoryStoreException>(() => words.PurgeAsync(Cancellation))).IsTransient);
        }

        await words.PurgeAsync(Cancellation);
        Assert.Equal(0, new FileInfo(path + "-wal").Length);
    }

    // Row 10 is the record of FTS5 that says where all others are.
    internal static void DamageWords(string path)
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
