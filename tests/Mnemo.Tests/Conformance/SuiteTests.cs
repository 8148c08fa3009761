using Mnemo.Backends;
using Mnemo.Memories;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Conformance;

/// <summary>The suite itself: a store that is wrong must fail it, and by the name of what it gets wrong.</summary>
public sealed class SuiteTests
{
    // What the guard keeps whatever the store does.
    private static readonly string[] KeptByTheGuard = [nameof(LimitsConformance.A_refused_batch_writes_nothing), nameof(LimitsConformance.A_missing_scope_gets_an_empty_answer)];

    public static TheoryData<string> Wrong => [.. BrokenStores.All.Keys];

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_broken_store_fails_by_the_name_of_what_it_gets_wrong(string what)
    {
        var store = BrokenStores.All[what];
        var broken = await SuiteRun.BrokenAsync(store.Backend, store.Breaks.Append(store.Keeps));
        Assert.Equal(store.Breaks.Order(StringComparer.Ordinal), broken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_promise_is_broken_by_a_store()
    {
        Assert.InRange(SuiteRun.Promises.Count, 80, 500);
        var untested = SuiteRun.Promises.Keys.Except(KeptByTheGuard).Except(BrokenStores.All.Values.SelectMany(s => s.Breaks));
        Assert.Equal("", string.Join(", ", untested));
    }

    [Fact]
    public async Task The_reference_breaks_no_promise()
    {
        Assert.Empty(await SuiteRun.BrokenAsync(BrokenStores.Durable, SuiteRun.Of(BrokenStores.Durable)));
        Assert.Empty(await SuiteRun.BrokenAsync(BrokenStores.Reference, [nameof(CollectionsConformance.A_place_without_collections_lists_none)]));
    }

    [Fact]
    public async Task A_store_whose_cheap_reads_never_catch_up_breaks_no_promise_of_its_strong_ones()
    {
        var lagging = BrokenStores.Reference with { Open = settings => new LaggingStore(BrokenStores.Reference.Open(settings)) };
        Assert.Empty(await SuiteRun.BrokenAsync(lagging, SuiteRun.Of(lagging)));
    }

    [Fact]
    public async Task A_store_that_evaluates_comparisons_of_text_alone_keeps_every_promise_of_filters_behind_the_guard()
    {
        var literal = BrokenStores.Reference with { Translates = TextStore.Translates };
        var guarded = literal with { Open = settings => new GuardedStore(new TextStore(literal.Open(settings)), literal, settings, new GuardOptions()) };
        string[] rooms = [nameof(FilterConformance), nameof(SearchConformance), nameof(ScanConformance), nameof(ScanBoundsConformance), nameof(ScopeConformance)];
        var promises = SuiteRun.Of(guarded).Where(name => rooms.Contains(SuiteRun.Promises[name].DeclaringType!.Name)).ToList();
        Assert.InRange(promises.Count, 30, 100);
        Assert.Empty(await SuiteRun.BrokenAsync(guarded, promises));
    }

    [Fact]
    public void What_survives_a_power_cut_survives_the_process()
        => Assert.All(KnownBackends.All, b => Assert.True(!b.Capabilities.HasFlag(Capabilities.SurvivesPowerCut) || b.Capabilities.HasFlag(Capabilities.Durable), b.Name));

    /// <summary>Its eventual reads show the store as it was when it was opened.</summary>
    private sealed class LaggingStore(IMemoryStore inner) : PassThroughStore(new FaultyStore(inner))
    {
        public override async Task<StoreStamp?> PrepareAsync(CancellationToken cancellation)
        {
            var stamp = await Inner.PrepareAsync(cancellation);
            await ((FaultyStore)Inner).LagAsync(cancellation);
            return stamp;
        }
    }

    /// <summary>Refuses a filter with anything in it but texts that are compared.</summary>
    private sealed class TextStore(IMemoryStore inner) : PassThroughStore(inner)
    {
        public static bool Translates(MemoryFilter filter) => filter switch
        {
            MemoryFilter.AllOf all => all.Parts.All(Translates),
            MemoryFilter.AnyOf any => any.Parts.All(Translates),
            MemoryFilter.TextIn text => text.Values.Count == 1,
            _ => false,
        };

        public override Task<IReadOnlyList<Match>> SearchAsync(MemoryScope scope, VectorQuery query, CancellationToken cancellation)
            => base.SearchAsync(scope, query with { Filter = Checked(query.Filter) }, cancellation);

        public override IAsyncEnumerable<ScannedRow> ScanAsync(ScanQuery query, CancellationToken cancellation) => base.ScanAsync(query with { Filter = Checked(query.Filter) }, cancellation);

        public override Task<long> CountAsync(MemoryFilter filter, CancellationToken cancellation) => base.CountAsync(Checked(filter), cancellation);

        private static MemoryFilter Checked(MemoryFilter filter) => Translates(filter) ? filter : throw new NotSupportedException(filter.GetType().Name);
    }
}
