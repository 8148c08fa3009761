using Microsoft.Extensions.Time.Testing;
using Mnemo.Memories;
using Mnemo.State;
using Mnemo.Storage;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Hosting;

public sealed class StoreRouterTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_active_store_is_one_and_outlives_a_restart()
    {
        StoreRoute saved;
        await using (var control = await OpenAsync())
        {
            var router = new StoreRouter(control);
            Assert.Null(await router.GetAsync(Now));
            var route = new StoreRoute(new StoreAddress("first", "place", "one"), 2, "set", new EmbeddingFingerprint("local", "one", 64, true)) { Mark = 7 };
            saved = await router.SaveAsync(route, Now);
            Assert.Equal(route with { Number = saved.Number, Since = _clock.GetUtcNow() }, saved);
            await Assert.ThrowsAsync<ControlStoreException>(() => router.SaveAsync(route with { Generation = 3 }, Now));
            await router.KeepMarkAsync(saved.Number, 9, Now);
        }

        await using var again = await OpenAsync();
        Assert.Equal(saved with { Mark = 9 }, await new StoreRouter(again).GetAsync(Now));
    }

    private Task<ControlStore> OpenAsync() => ControlStore.OpenAsync(Path.Combine(_scratch.Path, "control.db"), _clock, Now);
}
