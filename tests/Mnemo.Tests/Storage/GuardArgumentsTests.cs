using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Storage;

public sealed class GuardArgumentsTests : IAsyncLifetime
{
    private static readonly Backend Backend = KnownBackends.Find("inmemory");

    private readonly ScratchDirectory _scratch = new();
    private readonly GuardedStore _guarded;

    public GuardArgumentsTests()
    {
        var settings = new StoreSettings(_scratch.Path, StoreSettings.DefaultCollection, Sample.Embedding);
        _guarded = new GuardedStore(Backend.Open(settings), Backend, settings, new GuardOptions());
    }

    /// <summary>What is wrong, the memory, and a word of the remedy.</summary>
    public static TheoryData<string, Func<Memory, Memory>, string> Flaws => new()
    {
        { "too short", m => m with { Vector = new float[] { 1, 2 } }, "has 2 floats, the collection takes 4" },
        { "no vector", m => m with { Vector = default }, "has 0 floats" },
        { "NaN", m => m with { Vector = new[] { 1, float.NaN, 0, 0 } }, "embed it again" },
        { "infinite", m => m with { Vector = new[] { 1, float.PositiveInfinity, 0, 0 } }, "embed it again" },
        { "zero", m => m with { Vector = new float[4] }, "points nowhere" },
        { "nearly zero", m => m with { Vector = new[] { float.Epsilon, 1e-20f, 0, 0 } }, "points nowhere" },
        { "huge", m => m with { Vector = new[] { 1e30f, 0, 0, 0 } }, "scale it" },
        { "other model", m => m with { Embedding = m.Embedding with { Model = "other" } }, "embed it again" },
        { "reach", m => m with { Scope = m.Scope with { Reach = new ScopeReach([], anyPersona: true) } }, "plain scope" },
        { "importance", m => m with { Importance = 1.5f }, "between 0 and 1" },
        { "importance NaN", m => m with { Importance = float.NaN }, "between 0 and 1" },
        { "kind", m => m with { Kind = (MemoryKind)99 }, "unknown" },
        { "half a pair in the text", m => m with { Text = "fox \uD83E" }, "surrogate" },
        { "half a pair in the quote", m => m with { Quote = "\uDD8A fox" }, "surrogate" },
        { "half a pair in an attribute", m => m with { Attributes = new Dictionary<string, string> { ["k"] = "\uD83E\uD83E" } }, "surrogate" },
        { "no text", m => m with { Text = null! }, "lacks" },
        { "no scope", m => m with { Scope = null! }, "lacks" },
    };

    public static TheoryData<string, VectorQuery, string> WrongQueries => new()
    {
        { "none", null!, "no query" },
        { "no vector", new VectorQuery(default, 5, MemoryFilter.Everything), "has 0 floats" },
        { "too long", new VectorQuery(new float[] { 1, 2, 3, 4, 5 }, 5, MemoryFilter.Everything), "has 5 floats" },
        { "NaN", new VectorQuery(new[] { float.NaN, 1, 1, 1 }, 5, MemoryFilter.Everything), "NaN" },
        { "zero", new VectorQuery(new float[4], 5, MemoryFilter.Everything), "zero" },
        { "top 0", new VectorQuery(Sample.East, 0, MemoryFilter.Everything), "1 to 1000" },
        { "top 1001", new VectorQuery(Sample.East, 1001, MemoryFilter.Everything), "1 to 1000" },
        { "least NaN", new VectorQuery(Sample.East, 5, MemoryFilter.Everything) { LeastSimilarity = float.NaN }, "between -1 and 1" },
        { "least 2", new VectorQuery(Sample.East, 5, MemoryFilter.Everything) { LeastSimilarity = 2 }, "between -1 and 1" },
        { "no filter", new VectorQuery(Sample.East, 5, null!), "no filter" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _guarded.PrepareAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _guarded.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory, MemberData(nameof(Flaws), DisableDiscoveryEnumeration = true)]
    public async Task A_flawed_memory_is_refused_by_its_id_with_the_remedy_and_without_its_text(string flaw, Func<Memory, Memory> spoil, string remedy)
    {
        var refused = await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.UpsertAsync([Sample.Memory(1), spoil(Canary.Memory(4711))], Token));
        Assert.Contains("Memory 4711", refused.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary.Word, refused.ToString(), StringComparison.Ordinal);
        Assert.Equal((false, "upsert"), (refused.IsTransient, refused.Operation));
        Assert.True(await _guarded.CountAsync(MemoryFilter.Everything, Token) == 0, $"A batch with a memory of '{flaw}' left something behind.");
    }

    [Theory, MemberData(nameof(WrongQueries), DisableDiscoveryEnumeration = true)]
    public async Task A_wrong_query_is_refused_with_the_reason(string flaw, VectorQuery query, string reason)
    {
        var refused = await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.SearchAsync(Sample.General, query, Token));
        Assert.True(refused.Message.Contains(reason, StringComparison.Ordinal), $"{flaw}: {refused.Message}");
    }

    [Fact]
    public async Task A_missing_batch_memory_or_filter_is_refused()
    {
        await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.UpsertAsync(null!, Token));
        await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.UpsertAsync([null!], Token));
        await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.CountAsync(null!, Token));
        await Assert.ThrowsAsync<MemoryStoreException>(async () => await _guarded.ScanAsync(null, null!, Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_batch_beyond_a_limit_is_refused_with_the_limit()
    {
        var rows = await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.UpsertAsync(Sample.Many(1001), Token));
        Assert.Contains("1000", rows.Message, StringComparison.Ordinal);
        var big = Enumerable.Range(0, 150).Select(i => Sample.Memory(i, new string('x', 60 * 1024))).ToList();
        var bytes = await Assert.ThrowsAsync<MemoryStoreException>(() => _guarded.UpsertAsync(big, Token));
        Assert.Contains("8388608", bytes.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _guarded.CountAsync(MemoryFilter.Everything, Token));
    }

    [Fact]
    public async Task Split_makes_batches_that_pass_in_the_same_order()
    {
        List<Memory> memories = [.. Sample.Many(2500), .. Enumerable.Range(9000, 300).Select(i => Sample.Memory(i, new string('x', 60 * 1024)))];
        var batches = _guarded.Options.Split(memories);
        Assert.Equal(memories, batches.SelectMany(b => b));
        Assert.All(batches, batch => Assert.InRange(batch.Count, 1, 1000));
        foreach (var batch in batches) await _guarded.UpsertAsync(batch, Token);
        Assert.Equal(memories.Count, await _guarded.CountAsync(MemoryFilter.Everything, Token));
        Assert.Empty(_guarded.Options.Split([]));
    }
}
