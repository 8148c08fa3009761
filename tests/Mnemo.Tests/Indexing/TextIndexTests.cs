using System.Runtime.CompilerServices;
using System.Text;
using Mnemo.Indexing;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Mnemo.Tests.Recall;
using Xunit;

namespace Mnemo.Tests.Indexing;

public sealed class TextIndexTests : IAsyncLifetime
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
    public async Task What_was_said_is_found_by_an_inflected_word()
    {
        var moved = await _memory.SayAsync("general", "ana", "I moved to Lyon in 2019", Cancellation);
        await _memory.SayAsync("general", "ana", "The weather is nice", Cancellation);

        Assert.Equal(moved.Id, _memory.Find("general", "ana", "When did I move?")[0].Id);
        Assert.Equal(moved.Id, _memory.Find("general", "ana", "what happened in 2019")[0].Id);
    }

    [Fact]
    public async Task Chinese_is_found_without_blanks()
    {
        var cat = await _memory.SayAsync("general", "ana", "我的猫叫团子。", Cancellation);
        await _memory.SayAsync("general", "ana", "今天天气很好。", Cancellation);

        Assert.Equal(cat.Id, _memory.Find("general", "ben", "安娜的猫叫什么？")[0].Id);
    }

    [Theory]
    [InlineData("x\u19B0y", "a vowel sign to older tables of Unicode, which would cut the word in two")]
    [InlineData("x\u1CF2y", "the same")]
    [InlineData("\u30A2\u30FB", "a letter and a mark")]
    [InlineData("\u30FB\u30FB", "marks alone")]
    [InlineData("x\u00B5y", "a sign that is a letter")]
    [InlineData("\u0663\u0664", "digits of another script")]
    public async Task A_word_of_any_letters_is_one_word_to_the_index(string word, string what)
    {
        var memory = await _memory.SayAsync("general", "ana", word, Cancellation);
        await _memory.SayAsync("general", "ana", "x", Cancellation);
        await _memory.SayAsync("general", "ana", "y", Cancellation);

        Assert.True(_memory.Find("general", "ben", word) is [var first, ..] && first.Id == memory.Id, what);
    }

    [Fact]
    public async Task Only_what_the_scope_sees_is_searched()
    {
        var here = await _memory.SayAsync("general", "ana", "my dog is called Biscuit", Cancellation);
        var elsewhere = await _memory.SayAsync("pets", "ana", "my dog hates rain", Cancellation);

        Assert.Equal([here.Id], _memory.Find("general", "ben", "which dog").Select(h => h.Id));
        Assert.Equal([here.Id, elsewhere.Id], _memory.Find("general", "ana", "which dog").Select(h => h.Id).Order());
        Assert.Empty(_memory.Find("random", "ben", "which dog"));
    }

    [Fact]
    public async Task An_answer_is_found_by_the_words_of_the_question_before_it()
    {
        await _memory.SayAsync("general", "ben", "What is your dog called, Ana?", Cancellation);
        var answer = await _memory.SayAsync("general", "ana", "Biscuit!", Cancellation);

        Assert.Contains(answer.Id, _memory.Find("general", "ana", "name of the dog").Select(h => h.Id));
    }

    [Fact]
    public async Task The_same_words_of_the_same_speaker_are_a_duplicate()
    {
        var first = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);

        Assert.Equal(first.Id, _memory.TextIndex.FindDuplicate(Remembered.In("general", "ana"), "ana", " i like  TEA"));
        Assert.Null(_memory.TextIndex.FindDuplicate(Remembered.In("general", "ana"), "ben", "I like tea."));
        Assert.Null(_memory.TextIndex.FindDuplicate(Remembered.In("pets", "ana"), "ana", "I like tea."));
    }

    [Fact]
    public async Task An_index_of_another_store_is_rebuilt()
    {
        var tea = await _memory.SayAsync("general", "ana", "I like tea.", Cancellation);
        await _memory.TextIndex.ApplyAsync([], [tea.Id], 0, Cancellation);
        Assert.Equal(0, _memory.TextIndex.Count);

        await _memory.TextIndex.EnsureCurrentAsync(_memory.Store, Remembered.SetId, _memory.Control, Cancellation);
        Assert.Equal(1, _memory.TextIndex.Count);

        await _memory.TextIndex.EnsureCurrentAsync(_memory.Store, "other", _memory.Control, Cancellation);
        Assert.Equal(tea.Id, _memory.Find("general", "ana", "tea")[0].Id);
    }

    [Fact]
    public async Task A_write_that_stopped_half_way_is_finished_at_the_next_start()
    {
        var log = new WriteLog(_memory.Control);
        var stored = _memory.Make("general", "ana", "I like tea.");
        var lost = _memory.Make("general", "ana", "I like coffee.");
        var gone = await _memory.SayAsync("general", "ana", "I like water.", Cancellation);
        await log.AppendAsync(1, [stored.Id, lost.Id], WriteOperation.Upsert, Cancellation);
        await _memory.Store.UpsertAsync([stored], Cancellation);
        await log.AppendAsync(1, [gone.Id], WriteOperation.Delete, Cancellation);
        await _memory.Store.DeleteAsync([gone.Id], Cancellation);

        await _memory.TextIndex.EnsureCurrentAsync(_memory.Store, Remembered.SetId, _memory.Control, Cancellation);

        Assert.Equal(1, _memory.TextIndex.Count);
        Assert.Equal([stored.Id], _memory.Find("general", "ana", "tea coffee water").Select(h => h.Id));
    }

    [Fact]
    public async Task What_is_deleted_while_the_index_is_brought_up_to_the_store_does_not_come_back()
    {
        var secret = await _memory.SayAsync("general", "ana", "zanzibarcanary is my secret", Cancellation);
        var store = new SlowScanStore(_memory.Store, () => _memory.Writer.DeleteAsync([secret.Id], Cancellation));

        await _memory.TextIndex.ReadBackAsync(store, [secret.Id], 1, Cancellation);

        Assert.Equal(0, _memory.TextIndex.Count);
        Assert.Empty(_memory.Find("general", "ana", "zanzibarcanary"));
    }

    [Fact]
    public async Task A_purge_leaves_no_byte_of_what_was_deleted()
    {
        for (var i = 0; i < 50; i++) await _memory.SayAsync("general", "ana", $"number {i} is nice", Cancellation);
        var secret = await _memory.SayAsync("general", "ana", "zanzibarcanary is my secret", Cancellation);
        Assert.NotEmpty(await FilesWithAsync("zanzibarcanari"));
        await _memory.Writer.DeleteAsync([secret.Id], Cancellation);
        await _memory.Writer.PurgeAsync(Cancellation);

        Assert.Empty(await FilesWithAsync("zanzibarcanari"));
        Assert.Equal(50, _memory.TextIndex.Count);
    }

    [Fact]
    public async Task A_damaged_file_is_made_anew()
    {
        var path = Path.Combine(_scratch.Path, "damaged.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), Cancellation);

        await using var textIndex = await TextIndex.OpenAsync(path, Cancellation);
        Assert.Equal(0, textIndex.Count);
    }

    [Fact]
    public async Task What_is_written_during_a_rebuild_wins_over_what_the_scan_saw()
    {
        await _memory.Store.UpsertAsync([.. Enumerable.Range(0, 3000).Select(i => _memory.Make("general", "ana", $"number {i}"))], Cancellation);
        var rebuilt = _memory.TextIndex.EnsureCurrentAsync(_memory.Store, "other", _memory.Control, Cancellation);
        var late = await _memory.SayAsync("general", "ana", "a late tea", Cancellation);
        await rebuilt;

        Assert.Equal(3001, _memory.TextIndex.Count);
        Assert.Equal(late.Id, _memory.Find("general", "ana", "tea")[0].Id);
    }

    private async Task<List<string>> FilesWithAsync(string word)
    {
        List<string> files = [];
        foreach (var file in Directory.GetFiles(_scratch.Path))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if ((await reader.ReadToEndAsync(Cancellation)).Contains(word, StringComparison.Ordinal)) files.Add(Path.GetFileName(file));
        }

        return files;
    }

    /// <summary>Something happens between the reading and the answer of a scan.</summary>
    private sealed class SlowScanStore(IMemoryStore inner, Func<Task> meanwhile) : PassThroughStore(inner)
    {
        public override async IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, [EnumeratorCancellation] CancellationToken cancellation)
        {
            var read = await base.ScanAsync(query, cancellation).ToListAsync(cancellation);
            await meanwhile();
            foreach (var row in read) yield return row;
        }
    }
}
