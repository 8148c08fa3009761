using Microsoft.Extensions.Time.Testing;
using Mnemo.State;
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
        await using (var control = await OpenAsync())
        {
            var router = new StoreRouter(control);
            Assert.Null(await router.GetAsync(Now));
            await router.SetAsync("first", "one", Now);
            _clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(new StoreRoute("second", "two", _clock.GetUtcNow()), await router.SetAsync("second", "two", Now));
        }

        await using var again = await OpenAsync();
        Assert.Equal(new StoreRoute("second", "two", _clock.GetUtcNow()), await new StoreRouter(again).GetAsync(Now));
    }

    private Task<ControlStore> OpenAsync() => ControlStore.OpenAsync(Path.Combine(_scratch.Path, "control.db"), _clock, Now);
}
