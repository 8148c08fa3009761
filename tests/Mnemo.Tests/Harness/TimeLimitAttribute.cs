using System.Collections.Concurrent;
using System.Reflection;
using Mnemo.Tests.Harness;
using Xunit;
using Xunit.v3;

[assembly: TimeLimit]

namespace Mnemo.Tests.Harness;

/// <summary>
/// No test waits for ever: when its time is over its token is cancelled, which ends every wait that takes one, and a test
/// that does not end by that ends the run with its name. It stands on the assembly; on a method it shortens the time.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Method)]
internal sealed class TimeLimitAttribute(int milliseconds = TimeLimitAttribute.LongestMs) : BeforeAfterTestAttribute
{
    public const int LongestMs = 240_000;
    private const int GraceMs = 60_000;

    private readonly ConcurrentDictionary<string, Timer> _running = new(StringComparer.Ordinal);

    public int Milliseconds => milliseconds;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var context = TestContext.Current;
        _running[test.UniqueID] = new Timer(_ => End(context, test), null, milliseconds, GraceMs);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_running.TryRemove(test.UniqueID, out var timer)) timer.Dispose();
    }

    private static void End(ITestContext context, IXunitTest test)
    {
        if (!context.CancellationToken.IsCancellationRequested)
        {
            context.SendDiagnosticMessage($"{test.TestDisplayName} takes too long and is cancelled.");
            context.CancelCurrentTest();
            return;
        }

        Environment.FailFast($"The test {test.TestDisplayName} does not end, though it was cancelled.");
    }
}
