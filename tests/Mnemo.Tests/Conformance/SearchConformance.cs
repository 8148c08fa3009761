using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;
using static Mnemo.Tests.Harness.StoreFixture;

namespace Mnemo.Tests.Conformance;

public static class SearchConformance
{
    [Theory, EveryBackend]
    public static async Task Similarity_is_the_cosine_and_higher_is_nearer(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(
        [
            Sample.Memory(1, "opposite", vector: [-2, 0, 0, 0]), Sample.Memory(2, "unrelated", vector: [0, 5, 0, 0]),
            Sample.Memory(3, "same", vector: [0.5f, 0, 0, 0]), Sample.Memory(4, "half way", vector: [3, 3, 0, 0]),
        ], Token);
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(new float[] { 7, 0, 0, 0 }, 10, MemoryFilter.Everything), Token);
        Assert.Equal(["same", "half way", "unrelated", "opposite"], found.Select(m => m.Memory.Text));
        Assert.Equal(1, found[0].Similarity, 1e-5f);
        Assert.Equal(MathF.Sqrt(0.5f), found[1].Similarity, 1e-5f);
        Assert.Equal(0, found[2].Similarity, 1e-5f);
        Assert.Equal(-1, found[3].Similarity, 1e-5f);
    }

    [Theory, EveryBackend]
    public static async Task Similarity_never_leaves_minus_one_to_one(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(11);
        List<Memory> memories = [.. Enumerable.Range(0, 200).Select(i => Sample.Memory(i, vector: [.. world.Vector(4).Select(v => v * MathF.Pow(10, (i % 21) - 10))]))];
        await fixture.Store.UpsertAsync(memories, Token);
        foreach (var memory in memories.Where(m => m.Id.Value % 10 == 0))
        {
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(memory.Vector, 200, MemoryFilter.Everything), Token);
            Assert.All(found, match => Assert.InRange(match.Similarity, -1, 1));
            Assert.Equal(1, found[0].Similarity, 1e-5f);
        }
    }

    [Theory, EveryBackend(Capabilities.Exact)]
    public static async Task The_nearest_of_many_are_the_nearest(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        var world = new RandomWorld(12);
        List<Memory> memories = [.. Enumerable.Range(0, 500).Select(i => Sample.Memory(i, vector: world.Vector(4)))];
        await fixture.Store.UpsertAsync(memories, Token);
        for (var round = 0; round < 10; round++)
        {
            var query = world.Vector(4);
            var exact = memories.Select(m => (m.Id, Similarity: Cosine(m.Vector.Span, query))).OrderByDescending(x => x.Similarity).Take(25).ToList();
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(query, 25, MemoryFilter.Everything), Token);
            Assert.Equal(25, found.Count);
            for (var i = 0; i < found.Count; i++)
            {
                Assert.Equal(exact[i].Similarity, found[i].Similarity, 2e-5);
                Assert.Equal(Cosine(found[i].Memory.Vector.Span, query), found[i].Similarity, 2e-5);
            }
        }
    }

    [Theory, EveryBackend]
    public static async Task Equal_similarities_come_by_ascending_id(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        long[] ids = [50, -3, 7, long.MaxValue, 1, long.MinValue + 1, 20];
        await fixture.Store.UpsertAsync([.. ids.Select(id => Sample.Memory(id)), Sample.Memory(-100, vector: Sample.North)], Token);
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 20, MemoryFilter.Everything), Token);
        Assert.Equal([.. ids.Order(), -100], found.Select(m => m.Memory.Id.Value));

        // Which of them are among the three is free; their order is not.
        var few = (await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 3, MemoryFilter.Everything), Token)).Select(m => m.Memory.Id.Value).ToList();
        Assert.Equal(3, few.Count);
        Assert.Equal(few.Order(), few);
        Assert.Subset(ids.ToHashSet(), few.ToHashSet());
    }

    [Theory, EveryBackend]
    public static async Task A_search_answers_no_more_than_was_asked_for(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync(Sample.Many(30), Token);
        foreach (var top in new[] { 1, 29, 30, 31, 1000 })
        {
            var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, top, MemoryFilter.Everything), Token);
            Assert.Equal(Math.Min(top, 30), found.Count);
        }
    }

    [Theory, EveryBackend(Capabilities.Exact)]
    public static async Task A_search_leaves_out_what_is_less_similar_than_asked_for(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        List<Memory> memories = [.. Enumerable.Range(0, 180).Select(degrees => Sample.Memory(degrees, vector: At(degrees)))];
        await fixture.Store.UpsertAsync(memories, Token);
        foreach (var degrees in new[] { 0.5, 45.5, 89.5, 100.5, 178.5, 180 })
        {
            var query = StrongQuery(Sample.East, 1000, MemoryFilter.Everything) with { LeastSimilarity = (float)Math.Cos(degrees * Math.PI / 180) };
            var found = await fixture.Store.SearchAsync(Sample.General, query, Token);
            Assert.Equal(memories.Where(m => m.Id.Value < degrees).Select(m => m.Id), found.Select(m => m.Memory.Id));
            Assert.Equal(found.Take(3), await fixture.Store.SearchAsync(Sample.General, query with { Top = 3 }, Token));
        }

        float[] At(int degrees) => [(float)Math.Cos(degrees * Math.PI / 180), (float)Math.Sin(degrees * Math.PI / 180), 0, 0];
    }

    [Theory, EveryBackend]
    public static async Task An_empty_store_answers_nothing(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        Assert.Empty(await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 10, MemoryFilter.Everything), Token));
        Assert.Empty(await fixture.AllAsync());
        Assert.Equal(0, await fixture.Store.CountAsync(MemoryFilter.Everything, Token));
    }

    [Theory, EveryBackend(Capabilities.Exact)]
    public static async Task A_filter_is_applied_before_the_nearest_are_chosen(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        List<Memory> near = [.. Enumerable.Range(0, 300).Select(i => Sample.Memory(i, "near") with { Kind = MemoryKind.Raw })];
        List<Memory> far = [.. Enumerable.Range(1000, 3).Select(i => Sample.Memory(i, "far", vector: [1, i, 0, 0]) with { Kind = MemoryKind.Fact })];
        await fixture.Store.UpsertAsync([.. near, .. far], Token);
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.East, 3, MemoryFilter.Equal(TextField.Kind, nameof(MemoryKind.Fact))), Token);
        Assert.Equal([1000, 1001, 1002], found.Select(m => m.Memory.Id.Value));
    }

    [Theory, EveryBackend(Capabilities.Exact)]
    public static async Task A_scope_is_applied_before_the_nearest_are_chosen(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([.. Sample.Many(300), Sample.Memory(1000, "theirs", Sample.Elsewhere, Sample.West)], Token);
        var found = await fixture.Store.SearchAsync(Sample.Elsewhere, StrongQuery(Sample.East, 1, MemoryFilter.Everything), Token);
        Assert.Equal(1000, Assert.Single(found).Memory.Id.Value);
    }

    [Theory, EveryBackend]
    public static async Task An_answer_is_the_latest_revision(BackendRow row)
    {
        await using var fixture = await row.OpenAsync();
        await fixture.Store.UpsertAsync([Sample.Memory(1, "old"), Sample.Memory(2, "other", vector: Sample.North)], Token);
        var renewed = Sample.Memory(1, "new", vector: Sample.West) with { Revision = 2 };
        await fixture.Store.UpsertAsync([renewed], Token);
        var found = await fixture.Store.SearchAsync(Sample.General, StrongQuery(Sample.West, 2, MemoryFilter.Everything), Token);
        Assert.Equal([renewed, Sample.Memory(2, "other", vector: Sample.North)], found.Select(m => m.Memory));
        Assert.Equal(1, found[0].Similarity, 1e-5f);
    }

    private static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double dot = 0, a = 0, b = 0;
        for (var i = 0; i < left.Length; i++)
        {
            dot += (double)left[i] * right[i];
            a += (double)left[i] * left[i];
            b += (double)right[i] * right[i];
        }

        return dot / Math.Sqrt(a * b);
    }
}
