using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Commands;

/// <summary>Waits until everything that was said before is a memory, so that the next line can ask for it.</summary>
internal static class Settling
{
    public static Task SettleAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.DrainAsync(cancellation);

    /// <summary>The same at the end of input: open windows are closed too.</summary>
    public static Task FinishAsync(this MnemoRuntime runtime, CancellationToken cancellation) => runtime.Worker.FlushAsync(cancellation);
}
