using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;

namespace Mnemo.Tests.Conformance;

internal static partial class BrokenStores
{
    private static IEnumerable<(string Name, BrokenStore Store)> Stamps =>
    [
        ("forgets the stamp", Lasting(s => new StampingStore(s, _ => null),
            nameof(StampConformance.The_next_prepare_answers_the_stamp_of_the_last_checkpoint), nameof(StampConformance.A_stamp_is_kept_over_a_reopening),
            nameof(InspectionConformance.An_inspection_tells_the_fingerprint_and_the_set_of_a_store_that_is_open))),
        ("forgets whose copy it is", Lasting(s => new StampingStore(s, stamp => new StoreStamp(stamp.SetId, stamp.Mark)), nameof(StampConformance.The_next_prepare_answers_the_stamp_of_the_last_checkpoint))),
        ("has a stamp from the beginning", Broken(s => new InventiveStore(s), nameof(StampConformance.A_new_store_has_no_stamp))),
        ("loses the stamp at a purge", Lasting(s => new PurgingStore(s, async (inner, token) =>
            {
                await inner.CheckpointAsync(new StoreStamp("", 0), token);
                return await inner.PurgeAsync(token);
            }), nameof(StampConformance.A_stamp_survives_a_purge), nameof(StampConformance.A_stamp_survives_a_purge_and_a_reopening))),
        ("keeps a stamp ahead of its rows", Lasting(s => new HastyStore(s), nameof(StampConformance.Unflushed_writes_are_durable_after_a_checkpoint)) with
        {
            Keeps = nameof(DurabilityConformance.A_durable_store_remembers_after_reopening),
        }),
        ("says that bytes are gone and leaves them", new BrokenStore(Wrapped(KnownBackends.Find("faiss"), s => new PurgingStore(s, (_, _) => Task.FromResult(PurgeReceipt.Purged))),
            nameof(DeleteConformance.A_purge_says_that_the_bytes_are_gone_or_what_they_wait_for), nameof(DeleteConformance.After_a_physical_deletion_no_file_holds_the_text),
            nameof(DeleteConformance.A_last_empty_purge_serves_earlier_deletions_and_replacements))),
        ("waits for something that no text names", Broken(s => new PurgingStore(s, (_, _) => Task.FromResult(new PurgeReceipt("soon"))),
            nameof(DeleteConformance.A_purge_says_that_the_bytes_are_gone_or_what_they_wait_for))),
        ("forgets its rows when it closes", Lasting(s => new ClosingStore(s, Empty),
            nameof(DurabilityConformance.A_durable_store_remembers_after_reopening), nameof(DurabilityConformance.Writes_deletions_and_restarts_in_any_order_end_as_in_the_reference),
            nameof(CollectionsConformance.A_store_may_be_prepared_and_disposed_twice))),
        ("brings deleted rows back when it opens", new BrokenStore(Haunted(), nameof(DeleteConformance.What_was_purged_stays_away_after_a_restart))),
        ("goes on when it is closed", Broken(s => new ClosedStore(s), nameof(LimitsConformance.A_failure_is_one_kind_of_exception))),
        ("lies elsewhere than in its directory", new BrokenStore(Reference with { Capabilities = Reference.Capabilities | Capabilities.Durable },
            nameof(DurabilityConformance.A_plain_copy_of_the_closed_directory_is_a_backup),
            nameof(StampConformance.What_the_end_of_the_process_leaves_holds_every_durable_write_and_no_stamp_ahead_of_its_rows))),
    ];

    private static IEnumerable<(string Name, BrokenStore Store)> Collections =>
    [
        ("has one collection under every name", new BrokenStore(Reference with { Open = s => Reference.Open(s with { Collection = "the one" }) },
            nameof(CollectionsConformance.Collections_do_not_see_each_other), nameof(CollectionsConformance.Collections_are_listed_once_they_are_prepared))),
        ("drops nothing", new BrokenStore(Reference with { DropCollection = (_, _) => Task.FromResult(true) }, nameof(CollectionsConformance.A_dropped_collection_is_gone_and_its_neighbour_is_not))),
        ("lists what is not there", new BrokenStore(Reference with { ListCollections = async (s, token) => [.. await Reference.ListCollections(s, token), "default"] },
            nameof(CollectionsConformance.A_place_without_collections_lists_none))),
        ("opens another fingerprint", new BrokenStore(Reference with { Open = s => Reference.Open(s with { Embedding = Sample.Embedding }) }, nameof(CollectionsConformance.A_collection_of_another_fingerprint_is_refused))),
        ("makes a collection before it is prepared", new BrokenStore(Reference with { Open = Eager }, nameof(CollectionsConformance.An_unprepared_store_may_be_disposed))),
        ("tells no fingerprint", new BrokenStore(Inspecting(told => told is null ? null : told with { Embedding = null }), nameof(InspectionConformance.An_inspection_tells_the_fingerprint_and_the_set_of_a_store_that_is_open))),
        ("tells of a closed store that somebody has it", new BrokenStore(Inspecting(told => told is null ? null : told with { Owner = "somebody" }) with { Capabilities = Reopened },
            nameof(InspectionConformance.An_inspection_tells_the_same_of_a_store_that_is_closed_and_opens_nothing))),
        ("tells of what is not there", new BrokenStore(Inspecting(told => told ?? new StoreInspection(0, 0, null, null, null)), nameof(InspectionConformance.Nothing_is_told_of_a_collection_that_is_not_there))),
    ];

    private static BrokenStore Lasting(Func<IMemoryStore, IMemoryStore> wrap, params IReadOnlyList<string> breaks) => new(Wrapped(Durable, wrap), breaks);

    private static Backend Inspecting(Func<StoreInspection?, StoreInspection?> tell)
        => Reference with { Inspect = async (settings, token) => tell(await Reference.Inspect(settings, token)) };

    private static Backend Haunted()
    {
        var ghosts = new List<Memory>();
        return Wrapped(Durable, s => new HauntedStore(s, ghosts));
    }

    private static IMemoryStore Eager(StoreSettings settings)
    {
        var store = Reference.Open(settings);
        store.PrepareAsync(CancellationToken.None).GetAwaiter().GetResult();
        return store;
    }

    private static async Task Empty(IMemoryStore store)
    {
        try
        {
            await store.DeleteAsync(await store.ScanAsync(ScanQuery.Everything, CancellationToken.None).Select(r => r.Id).ToListAsync(), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // It was never prepared, or is closed.
        }
    }
}
