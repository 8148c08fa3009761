using Microsoft.Data.Sqlite;
using Mnemo.Indexing;
using Mnemo.Memories;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recall;
using Xunit;

namespace Mnemo.Tests.Indexing;

/// <summary>Writing and searching at the same time, and writes that fail.</summary>
public sealed class TextIndexWritingTests : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private Remembered _memory = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _memory = await Remembered.OpenAsync(_scratch.Path, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _memory.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public void With_shared_personas_and_an_empty_index_nothing_is_found() => Assert.Empty(FindOfAnyPersona(_memory.TextIndex, "What is my dog called?"));

    [Fact]
    public async Task What_is_rewritten_while_it_is_searched_is_found_once()
    {
        List<Memory> said = [];
        for (var i = 0; i < 40; i++) said.Add(await _memory.SayAsync("general", "ana", $"the tea of day {i}", Cancellation));
        var rewriting = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await _memory.TextIndex.ApplyAsync([.. said.Select(m => m with { Text = $"{m.Text} again {i}" })], [], 0, Cancellation);
        }, Cancellation);

        while (!rewriting.IsCompleted) Assert.Distinct(_memory.Find("general", "ana", "tea again day 7").Select(h => h.Id));
        await rewriting;
    }

    [Fact]
    public async Task A_memory_that_only_gained_a_source_keeps_its_place_in_the_index()
    {
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.SayAsync("general", "ana", "I like coffee.", Cancellation);
        var place = Doc(tea.Id);

        await _memory.TextIndex.ApplyAsync([tea with { Sources = [.. tea.Sources, new SourceMessage("later")], Revision = 2 }], [], 0, Cancellation);
        Assert.Equal(place, Doc(tea.Id));
        await _memory.TextIndex.ApplyAsync([tea with { Text = "I like green tea." }], [], 0, Cancellation);
        Assert.NotEqual(place, Doc(tea.Id));
        Assert.Equal(2, _memory.TextIndex.Count);
        Assert.Equal(tea.Id, _memory.Find("general", "ana", "green")[0].Id);
    }

    [Fact]
    public async Task A_persona_that_no_memory_has_any_more_leaves_the_file_with_the_next_purge()
    {
        const string secret = "aunt-quokka-31415";
        var scope = new MemoryScope("console", MemoryScope.Direct, "@ana", "ana", persona: secret);
        var theirs = _memory.Make("general", "ana", "I like tea.") with { Scope = scope };
        var others = await _memory.SayAsync("general", "ben", "I like coffee.", Cancellation);
        await _memory.TextIndex.ApplyAsync([theirs], [], 0, Cancellation);
        await _memory.TextIndex.PurgeAsync(Cancellation);
        Assert.True(await HoldsAsync(secret), "While a memory has it, the persona is in the file.");

        await _memory.TextIndex.ApplyAsync([], [theirs.Id], 0, Cancellation);
        await _memory.TextIndex.PurgeAsync(Cancellation);

        Assert.False(await HoldsAsync(secret), "The persona is still in the file.");
        Assert.Equal(others.Id, Assert.Single(FindOfAnyPersona(_memory.TextIndex, "coffee")).Id);
    }

    private async Task<bool> HoldsAsync(string text)
    {
        foreach (var file in Directory.GetFiles(_scratch.Path, "words.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, Cancellation);
            if (bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0) return true;
        }

        return false;
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_behind_and_a_persona_is_known_after_the_next_start()
    {
        var tea = _memory.Make("general", "ana", "I like tea.");
        tea = tea with { Scope = new MemoryScope("console", "console", "general", "ana", persona: "sage") };
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _memory.TextIndex.ApplyAsync([tea, tea with { Id = new MemoryId(1), Text = null! }], [], 0, Cancellation));
        Assert.Equal(0, _memory.TextIndex.Count);
        Assert.Empty(FindOfAnyPersona(_memory.TextIndex, "tea"));

        await _memory.TextIndex.ApplyAsync([tea], [], 0, Cancellation);
        await using var textIndex = await TextIndex.OpenAsync(Path.Combine(_scratch.Path, "words.db"), Cancellation);
        Assert.Equal(tea.Id, Assert.Single(FindOfAnyPersona(textIndex, "tea")).Id);
        Assert.Equal(1, textIndex.Count);
    }

    private static IReadOnlyList<TextHit> FindOfAnyPersona(TextIndex textIndex, string question)
    {
        var scope = Remembered.In("general", "ana") with { Reach = new ScopeReach([], anyPersona: true) };
        return textIndex.Search(new TextQuery(scope, new Speaker("ana", "ana"), question), new TextSearchOptions()).Hits;
    }

    private long Doc(MemoryId id)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_scratch.Path, "words.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT doc FROM rows WHERE id = $id";
        command.Parameters.AddWithValue("$id", id.Value);
        return (long)command.ExecuteScalar()!;
    }
}
