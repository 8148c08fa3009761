using Mnemo.Plugin.Hosting;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Settling
{
    private const int LongestWaitForWordsMs = 30_000;

    /// <exception cref="MemoryStoreException">It cannot be stored now, or the words are not filled yet; what waits stays in the outbox.</exception>
    public static async Task SettleAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.WordsReady.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitForWordsMs), runtime.Clock, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new MemoryStoreException("words", "prepare", runtime.Strings["words.filling", runtime.WordsRead], isTransient: true, e);
        }

        await runtime.Worker.DrainAsync(cancellation);
    }

    /// <summary>
    /// The same before a question. While nothing can be stored, on a full disk say, or while the words take long to
    /// fill, it is answered from what there is; the worker says why.
    /// </summary>
    public static async Task SettleOrGoOnAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.SettleAsync(cancellation);
        }
        catch (Exception e) when (Failures.AreExpected(e))
        {
            // The question has its turn.
        }
    }

    /// <summary>The same at the end of input: open windows are closed too. Words that cannot be filled do not keep a program that is told to stop.</summary>
    public static async Task FinishAsync(this MnemoRuntime runtime, CancellationToken stopping)
    {
        await runtime.WordsReady.WaitAsync(stopping);
        await runtime.Worker.FlushAsync(CancellationToken.None);
    }
}
