using Mnemo.Backends;
using Mnemo.Storage;
using Xunit;

namespace Mnemo.Tests.Conformance;

/// <summary>The suite itself: a store that is wrong must fail it, and by the name of what it gets wrong.</summary>
public sealed class SuiteTests
{
    private static readonly Backend Reference = KnownBackends.Find("inmemory");

    [Fact]
    public async Task A_leaky_store_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new LeakyStore(store)));
        Assert.Contains(nameof(ScopeConformance.A_search_never_answers_across_scopes), broken);
        Assert.Contains(nameof(ScopeConformance.A_direct_chat_is_seen_from_nowhere_else), broken);
        Assert.Contains(nameof(LimitsConformance.The_guard_finds_no_leak_to_stop), broken);
        Assert.DoesNotContain(nameof(ScopeConformance.A_get_never_answers_across_scopes), broken);
        Assert.DoesNotContain(nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer), broken);
        Assert.DoesNotContain(nameof(FilterConformance.A_filter_passes_exactly_what_Matches_passes), broken);
    }

    [Fact]
    public async Task A_store_with_inverted_similarity_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new InvertedStore(store)));
        Assert.Contains(nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer), broken);
        Assert.Contains(nameof(SearchConformance.The_nearest_of_many_are_the_nearest), broken);
        Assert.DoesNotContain(nameof(ScopeConformance.A_search_never_answers_across_scopes), broken);
        Assert.DoesNotContain(nameof(FilterConformance.A_search_answers_only_what_passes_its_filter), broken);
    }

    [Fact]
    public async Task A_filter_ignoring_store_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new FilterIgnoringStore(store)));
        Assert.Contains(nameof(FilterConformance.A_filter_passes_exactly_what_Matches_passes), broken);
        Assert.Contains(nameof(FilterConformance.A_search_answers_only_what_passes_its_filter), broken);
        Assert.Contains(nameof(SearchConformance.A_filter_is_applied_before_the_nearest_are_chosen), broken);
        Assert.DoesNotContain(nameof(ScopeConformance.A_search_never_answers_across_scopes), broken);
        Assert.DoesNotContain(nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer), broken);
    }

    [Fact]
    public async Task A_store_that_filters_after_choosing_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new LateFilterStore(store)));
        Assert.Equal([nameof(SearchConformance.A_filter_is_applied_before_the_nearest_are_chosen)], broken);
    }

    [Fact]
    public async Task A_store_that_answers_what_is_too_far_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new UncriticalStore(store)));
        Assert.Equal([nameof(SearchConformance.A_search_leaves_out_what_is_less_similar_than_asked_for)], broken);
    }

    [Fact]
    public async Task A_store_that_loses_parallel_writes_fails_by_name()
    {
        var broken = await SuiteRun.BrokenAsync(Wrapped(store => new ForgetfulStore(store)));
        Assert.Contains(nameof(ConcurrencyConformance.Parallel_writers_lose_nothing), broken);
        Assert.DoesNotContain(nameof(UpsertConformance.An_upsert_is_idempotent_by_id), broken);
    }

    [Fact]
    public async Task The_reference_breaks_no_promise()
    {
        Assert.InRange(SuiteRun.Promises.Count, 50, 500);
        Assert.Empty(await SuiteRun.BrokenAsync(Reference));
    }

    private static Backend Wrapped(Func<IMemoryStore, IMemoryStore> wrap) => Reference with { Open = settings => wrap(Reference.Open(settings)) };
}
