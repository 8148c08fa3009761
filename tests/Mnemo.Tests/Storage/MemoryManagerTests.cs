using Mnemo.Backends;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Storage;

public sealed class MemoryManagerTests : IDisposable
{
    private static readonly Backend Backend = KnownBackends.Find("inmemory");

    private readonly ScratchDirectory _scratch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_lease_lends_the_active_store()
    {
        var first = Store("first");
        await using var manager = new MemoryManager(first);
        using var lease = await manager.LeaseAsync(Token);
        Assert.Same(first.Store, lease.Store);
        Assert.Same(first, lease.Active);
        Assert.Same(first, await manager.ActiveAsync(Token));
    }

    [Fact]
    public async Task Many_may_hold_a_lease_at_once()
    {
        await using var manager = new MemoryManager(Store("first"));
        using var one = await manager.LeaseAsync(Token);
        using var two = await manager.LeaseAsync(Token);
        Assert.Same(one.Store, two.Store);
    }

    [Fact]
    public async Task A_swap_waits_for_the_leases_and_returns_the_former_store_open()
    {
        var (first, second) = (Store("first"), Store("second"));
        await using var manager = new MemoryManager(first);
        var (one, two) = (await manager.LeaseAsync(Token), await manager.LeaseAsync(Token));
        var swap = manager.SwapAsync(second, Token);
        one.Dispose();
        Assert.False(swap.IsCompleted);
        Assert.Same(first, await manager.ActiveAsync(Token));
        two.Dispose();
        Assert.Same(first, await swap);
        Assert.Same(second, await manager.ActiveAsync(Token));
        await first.Store.PrepareAsync(Token);
        await first.Store.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_asked_for_during_a_swap_gets_the_next_store()
    {
        var (first, second) = (Store("first"), Store("second"));
        await using var manager = new MemoryManager(first);
        var held = await manager.LeaseAsync(Token);
        var swap = manager.SwapAsync(second, Token);
        var waiting = manager.LeaseAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        await swap;
        using var lease = await waiting;
        Assert.Same(second.Store, lease.Store);
    }

    [Fact]
    public async Task Returning_a_lease_twice_counts_once()
    {
        await using var manager = new MemoryManager(Store("first"));
        var (one, two) = (await manager.LeaseAsync(Token), await manager.LeaseAsync(Token));
        one.Dispose();
        one.Dispose();
        var swap = manager.SwapAsync(Store("second"), Token);
        Assert.False(swap.IsCompleted);
        two.Dispose();
        await swap;
    }

    [Fact]
    public async Task A_swap_that_is_given_up_changes_nothing_and_lets_the_waiting_in()
    {
        var first = Store("first");
        await using var manager = new MemoryManager(first);
        var held = await manager.LeaseAsync(Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var swap = manager.SwapAsync(Store("second"), stop.Token);
        var waiting = manager.LeaseAsync(Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => swap);
        using (var lease = await waiting) Assert.Same(first.Store, lease.Store);
        held.Dispose();
        Assert.Same(first, await manager.SwapAsync(Store("third"), Token));
    }

    [Fact]
    public async Task Whoever_wants_a_store_that_is_being_opened_waits_for_it()
    {
        var opening = new TaskCompletionSource<ActiveStore>();
        await using var manager = new MemoryManager(_ => opening.Task);
        var lease = manager.LeaseAsync(Token).AsTask();
        var active = manager.ActiveAsync(Token).AsTask();
        Assert.False(lease.IsCompleted || active.IsCompleted || manager.Opened.IsCompleted);
        opening.SetResult(Store("first"));
        Assert.Same(await active, (await lease).Active);
    }

    [Fact]
    public async Task Why_a_store_does_not_open_is_told_to_everybody_who_wants_it()
    {
        await using var manager = new MemoryManager(_ => Task.FromException<ActiveStore>(new MemoryStoreException("faulty", "prepare", "The server is away.")));
        Assert.Equal("The server is away.", (await Assert.ThrowsAsync<MemoryStoreException>(() => manager.Opened)).Message);
        for (var i = 0; i < 2; i++)
            Assert.Equal("The server is away.", (await Assert.ThrowsAsync<MemoryStoreException>(async () => await manager.LeaseAsync(Token))).Message);
    }

    [Fact]
    public async Task Closing_gives_up_a_store_that_does_not_open()
    {
        var never = new TaskCompletionSource<ActiveStore>();
        var manager = new MemoryManager(stopping => never.Task.WaitAsync(stopping));
        await manager.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => manager.Opened);
    }

    [Fact]
    public async Task Two_swaps_at_once_are_refused()
    {
        await using var manager = new MemoryManager(Store("first"));
        var held = await manager.LeaseAsync(Token);
        var swap = manager.SwapAsync(Store("second"), Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.SwapAsync(Store("third"), Token));
        held.Dispose();
        await swap;
    }

    [Fact]
    public async Task Under_parallel_use_a_store_is_handed_over_only_when_nobody_holds_it()
    {
        await using var manager = new MemoryManager(Store("0"));
        var held = new System.Collections.Concurrent.ConcurrentDictionary<IMemoryStore, int>();
        var done = false;
        var users = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                using var lease = await manager.LeaseAsync(Token);
                held.AddOrUpdate(lease.Store, 1, (_, n) => n + 1);
                await Task.Yield();
                held.AddOrUpdate(lease.Store, 0, (_, n) => n - 1);
            }
        }, Token)).ToList();
        for (var i = 1; i <= 50; i++)
        {
            var former = await manager.SwapAsync(Store($"{i}"), Token);
            Assert.Equal(0, held.GetValueOrDefault(former.Store));
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(users);
    }

    private ActiveStore Store(string collection)
    {
        var settings = new StoreSettings(_scratch.Path, collection, Sample.Embedding);
        return new ActiveStore(Backend, settings, Backend.Open(settings));
    }
}
