using Mnemo.Memories;

namespace Mnemo.Tests.Conformance;

internal static partial class BrokenStores
{
    private static IEnumerable<(string Name, BrokenStore Store)> Writes =>
    [
        ("cuts a long text", Broken(s => new AlteringStore(s, m => m with { Text = m.Text.Length > 60_000 ? m.Text[..60_000] : m.Text }),
            nameof(UpsertConformance.Any_Unicode_text_comes_back), nameof(LimitsConformance.A_batch_of_long_texts_is_stored_up_to_the_limit_of_bytes))),
        ("normalises text", Broken(s => new AlteringStore(s, m => m with { Text = m.Text.Replace("e\u0301", "é", StringComparison.Ordinal) }),
            nameof(UpsertConformance.Any_Unicode_text_comes_back), nameof(FilterConformance.Text_compares_letter_by_letter))),
        ("loses milliseconds", Broken(s => new AlteringStore(s, m => m with { RecordedAt = m.RecordedAt.AddMilliseconds(-m.RecordedAt.Millisecond) }),
            nameof(UpsertConformance.Every_field_comes_back_as_it_went_in), nameof(UpsertConformance.Far_times_come_back_to_the_millisecond), nameof(UpsertConformance.Times_are_stored_as_UTC_milliseconds))),
        ("rounds vectors", Broken(s => new AlteringStore(s, m => m with { Vector = m.Vector.ToArray().Select(v => (float)(Half)v).ToArray() }),
            nameof(UpsertConformance.Vectors_come_back_bit_for_bit), nameof(UpsertConformance.Every_field_comes_back_as_it_went_in))),
        ("swaps the vectors of two rows of a batch", Broken(s => new AlteringStore(s, Swap),
            nameof(UpsertConformance.Vectors_come_back_bit_for_bit), nameof(ScanConformance.A_scan_in_pages_is_the_whole))),
        ("knows one trust", Broken(s => new AlteringStore(s, m => m with { Trust = default }), nameof(UpsertConformance.Every_kind_and_every_trust_comes_back))),
        ("fills in what was left out", Broken(s => new AlteringStore(s, m => m with { SpokenAt = m.SpokenAt ?? m.RecordedAt }), nameof(UpsertConformance.What_was_left_out_stays_out))),
        ("keeps ids as doubles", Broken(s => new AlteringStore(s, m => m with { Id = new MemoryId((long)(double)m.Id.Value) }),
            nameof(UpsertConformance.Negative_and_extreme_ids_are_kept))),
        ("keeps the first of equal ids", Broken(s => new AlteringStore(s, batch => [.. batch.Reverse()]), nameof(UpsertConformance.Of_equal_ids_in_one_batch_the_last_wins))),
        ("keeps the old row on an upsert", Broken(s => new KeepingStore(s, (old, _) => old),
            nameof(UpsertConformance.An_upsert_replaces_the_whole_record), nameof(SearchConformance.An_answer_is_the_latest_revision),
            nameof(ConsistencyConformance.A_strong_read_shows_the_last_replacement), nameof(DeleteConformance.A_last_empty_purge_serves_earlier_deletions_and_replacements))),
        ("keeps a part of the old row", Broken(s => new KeepingStore(s, (old, next) => next with { Session = old.Session }),
            nameof(UpsertConformance.An_upsert_replaces_the_whole_record), nameof(ConcurrencyConformance.A_reader_never_meets_a_torn_record))),
        ("loses the session", Broken(s => new AlteringStore(s, m => m with { Session = "" }),
            nameof(UpsertConformance.Every_field_comes_back_as_it_went_in), nameof(ConcurrencyConformance.Writers_of_one_id_leave_one_of_their_versions_whole))),
        ("stores an empty batch", Broken(s => new AlteringStore(s, batch => batch.Count == 0 ? [Harness.Sample.Memory(1)] : batch), nameof(UpsertConformance.An_empty_batch_writes_nothing))),
        ("renews an id with each write", Broken(s => new AlteringStore(s, Renew()), nameof(UpsertConformance.An_upsert_is_idempotent_by_id)) with { Keeps = nameof(UpsertConformance.An_empty_batch_writes_nothing) }),
        ("keeps the caller's array", Broken(s => new BorrowingStore(s), nameof(UpsertConformance.The_caller_may_reuse_its_arrays_after_a_write))),
        ("cuts a large batch", Broken(s => new AlteringStore(s, batch => [.. batch.Take(999)]), nameof(LimitsConformance.The_largest_batch_is_stored_whole_and_a_larger_one_not_at_all),
            nameof(GetConformance.Thousands_of_ids_are_read_at_once))),
        ("tears a batch", Broken(s => new TornStore(s),
            nameof(CancellationConformance.A_cancelled_write_is_stored_whole_or_not_at_all_and_the_store_goes_on), nameof(ConsistencyConformance.A_reader_meets_a_batch_whole_or_not_at_all))),
        ("loses what arrives beside another write", Broken(s => new ForgetfulStore(s),
            nameof(ConcurrencyConformance.Parallel_writers_lose_nothing))),
        ("writes when the task has ended", Broken(s => new LateStore(s), nameof(CancellationConformance.A_cancelled_write_that_has_begun_ends_before_its_task_does))),
        ("does not hear that it is cancelled", Broken(s => new DeafStore(s),
            nameof(CancellationConformance.Cancellation_stops_every_call_before_it_changes_anything), nameof(CancellationConformance.Cancellation_stops_a_scan_half_way))),
    ];

    private static IEnumerable<(string Name, BrokenStore Store)> Deletions =>
    [
        ("deletes a key that was not named", Broken(s => new DeletingStore(s, DeletingStore.Greedy),
            nameof(DeleteConformance.A_delete_takes_the_named_keys_whatever_their_scope_and_no_other), nameof(DeleteConformance.What_is_deleted_is_gone_from_every_answer),
            nameof(ConcurrencyConformance.Readers_writers_and_deleters_stay_out_of_each_others_way))),
        ("deletes what one scope sees", Broken(s => new DeletingStore(s, DeletingStore.Scoped), nameof(DeleteConformance.A_delete_takes_the_named_keys_whatever_their_scope_and_no_other))),
        ("says how many keys were named", Broken(s => new DeletingStore(s, DeletingStore.Counting), nameof(DeleteConformance.A_delete_says_how_many_were_there))),
        ("deletes some of many", Broken(s => new DeletingStore(s, DeletingStore.Short), nameof(DeleteConformance.Thousands_of_ids_are_deleted_at_once))),
        ("deletes nothing", Broken(s => new DeletingStore(s, DeletingStore.Idle),
            nameof(DeleteConformance.What_is_deleted_is_gone_from_every_answer), nameof(ConsistencyConformance.A_strong_read_shows_no_row_that_was_deleted))),
        ("hides a deleted id for ever", Broken(s => new TombstoneStore(s), nameof(DeleteConformance.A_deleted_id_can_be_written_again))),
    ];

    private static IReadOnlyList<Memory> Swap(IReadOnlyList<Memory> batch)
        => batch.Count < 2 ? batch : [batch[0] with { Vector = batch[1].Vector }, batch[1] with { Vector = batch[0].Vector }, .. batch.Skip(2)];

    private static Func<Memory, Memory> Renew()
    {
        var next = 0L;
        return memory => memory with { Id = new MemoryId(memory.Id.Value + (1000 * next++)) };
    }
}
