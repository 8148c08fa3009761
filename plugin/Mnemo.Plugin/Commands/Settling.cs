using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Settling
{
    // Repetitions are found through the words, so nothing may become a memory before they are current.
    public static async Task SettleAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        await runtime.WordsReady.WaitAsync(cancellation);
        await runtime.Worker.DrainAsync(cancellation);
    }

    /// <summary>The same at the end of input: open windows are closed too.</summary>
    public static async Task FinishAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        await runtime.WordsReady.WaitAsync(cancellation);
        await runtime.Worker.FlushAsync(cancellation);
    }
}
