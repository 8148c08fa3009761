using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Settling
{
    private const int LongestWaitForWordsMs = 30_000;

    public static Task SettleAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.DrainAsync(cancellation);

    /// <summary>
    /// The same before a question. While nothing can be stored, on a full disk say, or while the words take long to
    /// fill, it is answered from what there is; what waits stays in the outbox, and the worker says why.
    /// </summary>
    public static async Task SettleOrGoOnAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.WordsReady.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitForWordsMs), runtime.Clock, cancellation);
            await runtime.SettleAsync(cancellation);
        }
        catch (Exception e) when (e is TimeoutException || Failures.AreExpected(e))
        {
            // The question has its turn.
        }
    }

    /// <summary>The same at the end of input: open windows are closed too.</summary>
    public static Task FinishAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.FlushAsync(cancellation);
}
