using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Settling
{
    public static Task SettleAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.DrainAsync(cancellation);

    /// <summary>The same before a question. While nothing can be stored, on a full disk say, it is answered from what is stored; the worker says why and tries again.</summary>
    public static async Task SettleOrGoOnAsync(this MnemoRuntime runtime, CancellationToken cancellation)
    {
        try
        {
            await runtime.SettleAsync(cancellation);
        }
        catch (Exception e) when (Failures.AreExpected(e))
        {
            // What waits stays in the outbox.
        }
    }

    /// <summary>The same at the end of input: open windows are closed too.</summary>
    public static Task FinishAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.FlushAsync(cancellation);
}
