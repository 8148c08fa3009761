using Mnemo.Plugin.Hosting;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Draining
{
    private const int LongestWaitForTextIndexMs = 30_000, LongestWaitOfQuestionMs = 300, LongestFirstWaitMs = 2000;

    /// <exception cref="MemoryStoreException">It cannot be stored now, or the text index is not filled yet; what waits stays in the outbox.</exception>
    public static async Task DrainAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.TextIndexReady.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitForTextIndexMs), runtime.Clock, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new MemoryStoreException(e, StoreErrorKind.Unavailable, "text index", "prepare", "text_index.filling", runtime.TextIndexRead);
        }

        await runtime.Worker.DrainAsync(cancellation);
    }

    /// <summary>
    /// The same before a question, which does not wait for writes: it is answered from what there is after a moment, and
    /// when nothing can be stored, on a full disk say; the worker goes on and says why. The first drain of a process
    /// also waits for the start of the program itself.
    /// </summary>
    public static async Task TryDrainAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        var longestMs = runtime.Worker.HasStored ? LongestWaitOfQuestionMs : LongestFirstWaitMs;
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(longestMs), runtime.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await runtime.DrainAsync(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The question has its turn.
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            // The question has its turn.
        }
    }

    /// <summary>The same at the end of input: open windows are closed too. A text index that cannot be filled does not keep a program that is told to stop.</summary>
    public static async Task FinishAsync(this MnemoRuntime runtime, CancellationToken stopping)
    {
        await runtime.TextIndexReady.WaitAsync(stopping);
        await runtime.Worker.FlushAsync(CancellationToken.None);
    }
}
