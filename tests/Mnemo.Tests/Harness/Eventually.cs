using System.Diagnostics;
using Xunit;

namespace Mnemo.Tests.Harness;

/// <summary>Waits for what another task brings about, and fails when it does not come.</summary>
internal static class Eventually
{
    /// <summary>No wait is longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()));

    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Longest, "It did not come about.");
            await Task.Yield();
        }
    }
}
