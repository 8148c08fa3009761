using System.Numerics.Tensors;
using Mnemo.Backends;
using Mnemo.Memories;

namespace Mnemo.Tests.Conformance;

internal static partial class BrokenStores
{
    private static IEnumerable<(string Name, BrokenStore Store)> Reads =>
    [
        ("answers without the last write", Broken(s => new StaleStore(s),
            nameof(ConsistencyConformance.A_strong_read_shows_the_last_upsert), nameof(ConsistencyConformance.A_strong_read_shows_the_last_replacement),
            nameof(ConsistencyConformance.A_strong_read_shows_no_row_that_was_deleted), nameof(UpsertConformance.A_write_is_readable_when_its_task_completes)) with { Keeps = nameof(SearchConformance.An_empty_store_answers_nothing) }),
        ("gets across scopes", Broken(s => new GettingStore(s, GettingStore.Leaky),
            nameof(ScopeConformance.A_get_never_answers_across_scopes), nameof(GetConformance.A_get_leaves_out_what_its_scope_does_not_see))),
        ("gets in no order", Broken(s => new GettingStore(s, GettingStore.Unordered), nameof(GetConformance.A_get_answers_in_ascending_id_order))),
        ("gets a row twice", Broken(s => new GettingStore(s, GettingStore.Repeating), nameof(GetConformance.An_id_asked_for_twice_is_answered_once))),
        ("fails for an absent id", Broken(s => new GettingStore(s, GettingStore.Strict), nameof(GetConformance.An_absent_id_is_left_out), nameof(GetConformance.A_get_leaves_out_what_its_scope_does_not_see))),
        ("counts an estimate", Broken(s => new CountingStore(s, async (inner, filter, token) => await inner.CountAsync(filter, token) / 10 * 10),
            nameof(DeleteConformance.What_is_deleted_is_gone_from_every_answer), nameof(FilterConformance.A_filter_passes_exactly_what_Matches_passes))),
        ("counts what one scope sees", Broken(s => new CountingStore(s, (inner, filter, token) => inner.CountAsync(MemoryFilter.And(filter, Harness.Sample.General.Visible()), token)),
            nameof(ScopeConformance.A_scan_and_a_count_see_every_scope))),
    ];

    private static IEnumerable<(string Name, BrokenStore Store)> Searches =>
    [
        ("searches across scopes", Broken(s => new LeakyStore(s),
            nameof(ScopeConformance.A_search_never_answers_across_scopes), nameof(ScopeConformance.A_direct_chat_is_seen_from_nowhere_else),
            nameof(ScopeConformance.In_a_guild_one_sees_the_conversation_and_ones_own_words), nameof(ScopeConformance.A_reach_opens_the_conversations_that_it_lists_and_no_other),
            nameof(LimitsConformance.The_guard_finds_no_leak_to_stop)) with { Keeps = nameof(ScopeConformance.A_get_never_answers_across_scopes) }),
        ("answers the farthest", Broken(s => new InvertedStore(s),
            nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer), nameof(SearchConformance.The_nearest_of_many_are_the_nearest)) with { Keeps = nameof(ScopeConformance.A_search_never_answers_across_scopes) }),
        ("ignores filters", Broken(s => new FilterIgnoringStore(s),
            nameof(FilterConformance.A_filter_passes_exactly_what_Matches_passes), nameof(FilterConformance.A_search_answers_only_what_passes_its_filter),
            nameof(FilterConformance.Everything_passes_all_and_Nothing_passes_none), nameof(FilterConformance.Text_compares_letter_by_letter),
            nameof(FilterConformance.A_range_includes_both_ends_and_skips_what_has_no_value), nameof(FilterConformance.A_long_list_of_values_is_a_filter_too),
            nameof(SearchConformance.A_filter_is_applied_before_the_nearest_are_chosen)) with { Keeps = nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer) }),
        ("filters after choosing", Broken(s => new LateFilterStore(s), nameof(SearchConformance.A_filter_is_applied_before_the_nearest_are_chosen)) with
        {
            Keeps = nameof(FilterConformance.A_search_answers_only_what_passes_its_filter),
        }),
        ("looks at the scope after choosing", Broken(s => new LateScopeStore(s), nameof(SearchConformance.A_scope_is_applied_before_the_nearest_are_chosen)) with
        {
            Keeps = nameof(ScopeConformance.A_search_never_answers_across_scopes),
        }),
        ("answers what is too far", Broken(s => new SearchingStore(s, q => q with { LeastSimilarity = -1 }, (_, found) => found),
            nameof(SearchConformance.A_search_leaves_out_what_is_less_similar_than_asked_for))),
        ("answers the product for the cosine", Broken(s => new SearchingStore(s, q => q, (q, found) => found
                .Select(m => m with { Similarity = TensorPrimitives.Dot(m.Memory.Vector.Span, q.Vector.Span) }).OrderByDescending(m => m.Similarity)),
            nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer), nameof(SearchConformance.Similarity_never_leaves_minus_one_to_one))),
        ("orders ties by chance", Broken(s => new SearchingStore(s, q => q, (_, found) => found.Reverse().OrderByDescending(m => m.Similarity)),
            nameof(SearchConformance.Equal_similarities_come_by_ascending_id))),
        ("answers one more", Broken(s => new SearchingStore(s, q => q with { Top = q.Top + 1 }, (_, found) => found), nameof(SearchConformance.A_search_answers_no_more_than_was_asked_for))),
        ("answers something of nothing", Broken(s => new SearchingStore(s, q => q, (_, found) => found.Count > 0 ? found : [new Match(Harness.Sample.Memory(1), 0)]),
            nameof(SearchConformance.An_empty_store_answers_nothing))),
    ];

    private static IEnumerable<(string Name, BrokenStore Store)> Scans =>
    [
        ("pages in no order", Broken(s => new ScanningStore(s, q => q, ScanningStore.Unsorted), nameof(ScanConformance.A_scan_comes_in_ascending_id_order),
            nameof(ScanBoundsConformance.Descending_pages_are_the_whole)) with { Keeps = nameof(SearchConformance.Similarity_is_the_cosine_and_higher_is_nearer) }),
        ("ends a scan early", Broken(s => new ScanningStore(s, q => q with { Limit = Math.Min(q.Limit ?? 100, 100) }),
            nameof(ScanConformance.A_scan_comes_in_ascending_id_order), nameof(ScanBoundsConformance.A_scan_is_as_long_as_its_limit_as_long_as_there_are_rows))),
        ("ignores where to go on", Broken(s => new ScanningStore(s, q => q with { After = null }), nameof(ScanConformance.A_scan_resumes_after_any_row_without_gap_or_repeat),
            nameof(ScanConformance.A_scan_resumes_after_an_id_that_is_gone_or_never_was), nameof(ScanBoundsConformance.A_scan_resumes_after_any_id_in_both_directions))),
        ("ignores the last id", Broken(s => new ScanningStore(s, q => q with { Until = null }), nameof(ScanBoundsConformance.A_scan_ends_with_its_last_id_in_both_directions),
            nameof(ScanBoundsConformance.A_scan_answers_what_its_query_says_in_every_combination))),
        ("ignores the limit", Broken(s => new ScanningStore(s, q => q with { Limit = null }), nameof(ScanBoundsConformance.A_scan_is_as_long_as_its_limit_as_long_as_there_are_rows))),
        ("ignores the direction", Broken(s => new ScanningStore(s, q => q with { IsDescending = false }), nameof(ScanBoundsConformance.A_descending_scan_begins_with_the_greatest_id))),
        ("limits before it filters", Broken(s => new ScanningStore(s, q => q with { Filter = MemoryFilter.Everything }), nameof(ScanBoundsConformance.A_scan_answers_what_its_query_says_in_every_combination)) with
        {
            Keeps = nameof(ScanBoundsConformance.A_scan_is_as_long_as_its_limit_as_long_as_there_are_rows),
        }),
        ("brings vectors where none are needed", Broken(s => new ScanningStore(s, q => q with { WithVectors = true }), nameof(ScanBoundsConformance.Without_vectors_they_come_empty_and_the_rest_is_the_same))),
        ("pages by number", Broken(s => new OffsetStore(s), nameof(ScanConformance.A_scan_under_writes_misses_nothing_that_was_there))),
        ("does not notice that a scan was left", Broken(s => new LeakingScanStore(s), nameof(ScanConformance.A_scan_may_be_left_half_way)) with { Keeps = nameof(ScanConformance.A_scan_comes_in_ascending_id_order) }),
        ("ends a scan at a damaged row", new BrokenStore(Wrapped(KnownBackends.Find("faiss"), s => new ScanningStore(s, q => q, ScanningStore.Fragile)),
            nameof(InspectionConformance.A_row_that_cannot_be_read_is_handed_out_as_such_by_a_scan_that_goes_on))),
    ];
}
