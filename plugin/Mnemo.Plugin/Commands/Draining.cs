using Mnemo.Plugin.Hosting;
using Mnemo.Storage;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Draining
{
    private const int LongestWaitForTextIndexMs = 30_000;

    /// <exception cref="MemoryStoreException">It cannot be stored now, or the text index is not filled yet; what waits stays in the outbox.</exception>
    public static async Task DrainAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.TextIndexReady.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitForTextIndexMs), runtime.Clock, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new MemoryStoreException("text index", "prepare", runtime.Strings["text_index.filling", runtime.TextIndexRead], isTransient: true, e);
        }

        await runtime.Worker.DrainAsync(cancellation);
    }

    /// <summary>
    /// The same before a question. While nothing can be stored, on a full disk say, or while the text index takes long to
    /// fill, it is answered from what there is; the worker says why.
    /// </summary>
    public static async Task TryDrainAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.DrainAsync(cancellation);
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
