using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mnemo.Plugin.Hosting;

/// <summary>Opens the bot when the host starts, runs the worker, and flushes what waits when the host stops.</summary>
internal sealed class MnemoService(MnemoStart start, ILogger<MnemoService> logger) : BackgroundService
{
    private const int LongestWaitForTextIndexMs = 5000;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await start.OpenAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // The log lies in the data directory, which is another process's when this one could not take it.
        if (!start.IsOpen) return;
        logger.LogInformation("Stopping");
        try
        {
            // A bot that is stopped as soon as it has started still stores what it heard; a long rebuild does not hold it up.
            await start.Runtime.TextIndexReady.WaitAsync(TimeSpan.FromMilliseconds(LongestWaitForTextIndexMs), start.Runtime.Clock, cancellationToken);
            await start.Runtime.Worker.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (start.Runtime.Stores.Opened.IsFaulted)
        {
            // Whoever waits for the store was told why it did not open, so the console is spared a second line.
            logger.LogInformation(e, "The store did not open; what waits is on the disk and will be made into memories when it does");
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "What still waits could not be made into memories; it is on the disk and will be at the next start");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Said when the text index is current and not during the start, because the first line of a log takes as long as opening a small store.
        await start.Runtime.TextIndexReady.WaitAsync(stoppingToken);
        var active = await start.Runtime.Stores.ActiveAsync(stoppingToken);
        logger.LogInformation("Started with {Backend} #{Collection}", active.Backend.Name, active.Settings.Collection);
        await start.Runtime.Worker.RunAsync(stoppingToken);
    }
}
