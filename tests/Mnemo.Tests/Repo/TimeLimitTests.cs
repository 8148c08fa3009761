using System.Reflection;
using Mnemo.Tests.Harness;
using Xunit;

namespace Mnemo.Tests.Repo;

public sealed class TimeLimitTests
{
    [Fact]
    [TimeLimit(50)]
    public async Task A_wait_without_an_end_is_ended_by_the_limit_of_its_test()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TaskCompletionSource().Task.WaitAsync(TestContext.Current.CancellationToken));

    [Fact]
    public void Every_test_has_a_limit()
        => Assert.Equal(TimeLimitAttribute.LongestMs, typeof(TimeLimitTests).Assembly.GetCustomAttribute<TimeLimitAttribute>()!.Milliseconds);
}
