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
    public async Task A_swap_waits_for_the_writer_and_for_no_reader()
    {
        var (first, second) = (Store("first"), Store("second"));
        await using var manager = new MemoryManager(first);
        var reader = await manager.LeaseAsync(Token);
        var writer = await manager.BeginWriteAsync(Token);
        var swap = manager.SwapAsync(second, Token);
        Assert.False(swap.IsCompleted);
        Assert.Same(first, await manager.ActiveAsync(Token));
        writer.Dispose();
        var former = await swap;
        Assert.Same(first, former.Active);
        Assert.Same(second, await manager.ActiveAsync(Token));
        Assert.Same(first.Store, reader.Store);
        Assert.False(former.IsUnused.IsCompleted);
        reader.Dispose();
        await former.IsUnused;
        await first.Store.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_within_a_lease_does_not_wait_for_a_swap()
    {
        await using var manager = new MemoryManager(Store("first"));
        using var writer = await manager.BeginWriteAsync(Token);
        using var outer = await manager.LeaseAsync(Token);
        var swap = manager.SwapAsync(Store("second"), Token);
        Assert.False(swap.IsCompleted);
        using var inner = await manager.LeaseAsync(Token);
        Assert.False(swap.IsCompleted);
        writer.Dispose();
        await swap;
    }

    [Fact]
    public async Task Writers_take_turns_and_each_has_the_epoch_in_force()
    {
        await using var manager = new MemoryManager(Store("first"));
        var one = await manager.BeginWriteAsync(Token);
        var two = manager.BeginWriteAsync(Token).AsTask();
        Assert.False(two.IsCompleted);
        one.Dispose();
        one.Dispose();
        Assert.Equal(1, (await two).Epoch);
        (await two).Dispose();
        await manager.SwapAsync(Store("second"), Token);
        using var three = await manager.BeginWriteAsync(Token);
        Assert.Equal((2, "second"), (three.Epoch, three.Active.Settings.Collection));
    }

    [Fact]
    public async Task Returning_a_lease_twice_counts_once()
    {
        await using var manager = new MemoryManager(Store("first"));
        var (one, two) = (await manager.LeaseAsync(Token), await manager.LeaseAsync(Token));
        one.Dispose();
        one.Dispose();
        var former = await manager.SwapAsync(Store("second"), Token);
        Assert.False(former.IsUnused.IsCompleted);
        two.Dispose();
        await former.IsUnused;
    }

    [Fact]
    public async Task A_swap_that_is_given_up_changes_nothing_and_lets_the_next_one_write()
    {
        var first = Store("first");
        await using var manager = new MemoryManager(first);
        var held = await manager.BeginWriteAsync(Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var swap = manager.SwapAsync(Store("second"), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => swap);
        Assert.Same(first, await manager.ActiveAsync(Token));
        held.Dispose();
        Assert.Same(first, (await manager.SwapAsync(Store("third"), Token)).Active);
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
        await using var manager = new MemoryManager(_ => Task.FromException<ActiveStore>(new MemoryStoreException(StoreErrorKind.Misconfigured, "faulty", "prepare", "The server is away.")));
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
    public async Task Under_parallel_use_a_store_is_unused_only_when_nobody_holds_it()
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
            await former.IsUnused;
            Assert.Equal(0, held.GetValueOrDefault(former.Active.Store));
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
