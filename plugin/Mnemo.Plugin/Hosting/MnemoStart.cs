using Microsoft.Extensions.Logging;
using Mnemo.Plugin.Config;
using Mnemo.Privacy;

namespace Mnemo.Plugin.Hosting;

/// <summary>Opens the runtime once, when the host starts, and closes it with the host's services.</summary>
internal sealed class MnemoStart(MnemoConfig config, TimeProvider clock, ILoggerFactory loggers, IEnumerable<ErasureTarget> places) : IAsyncDisposable
{
    private MnemoRuntime? _runtime;

    public bool IsOpen => _runtime is not null;

    public MnemoRuntime Runtime => _runtime ?? throw new InvalidOperationException("Mnemo is not started yet: start the host first, then ask for MnemoRuntime.");

    public async Task OpenAsync(CancellationToken cancellation) => _runtime ??= await new RuntimeOpener(config, clock, loggers, [.. places]).OpenAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _runtime, null) is { } runtime) await runtime.DisposeAsync();
    }
}
