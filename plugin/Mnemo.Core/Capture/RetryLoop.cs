using Microsoft.Extensions.Logging;
using Mnemo.State;
using Mnemo.Storage;

namespace Mnemo.Capture;

/// <summary>
/// Waits out what keeps memories from being made: says why in the log and on the outbox's status line, and pauses a
/// little longer each time.
/// </summary>
public sealed partial class RetryLoop(Outbox outbox, TimeProvider clock, ILogger logger)
{
    private const int FirstPauseMs = 200, LongestPauseMs = 60_000;
    private int _pauseMs;

    /// <summary>Tries until it succeeds, as long as what fails is passing; another failure, and cancellation, end it.</summary>
    public async Task<T> UntilDoneAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        while (true)
        {
            try
            {
                var result = await attempt(cancellation);
                Relax();
                return result;
            }
            catch (Exception e) when (CaptureWorker.IsPassing(e) && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(await ReportAsync(e), clock, cancellation);
            }
        }
    }

    /// <summary>It works again: the next pause is a short one.</summary>
    internal void Relax() => _pauseMs = 0;

    /// <summary>Reports a failure, and says how long to wait before the next try.</summary>
    internal async Task<TimeSpan> ReportAsync(Exception problem)
    {
        _pauseMs = Math.Clamp(_pauseMs * 2, FirstPauseMs, LongestPauseMs);
        LogStalled(Reason(problem), _pauseMs);
        try
        {
            await outbox.ReportAsync(Reason(problem), CancellationToken.None);
        }
        catch (ControlStoreException e)
        {
            LogStalled(e.Message, _pauseMs);
        }

        return TimeSpan.FromMilliseconds(_pauseMs);
    }

    /// <summary>Why it failed. Only messages that are known to hold no text are passed on; of others the type has to do.</summary>
    internal static string Reason(Exception e) => e is MemoryStoreException or ControlStoreException ? e.Message : $"{e.GetType().Name} while memories were made";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Memories wait in the outbox: {Reason} Next try in {PauseMs} ms.")]
    private partial void LogStalled(string reason, int pauseMs);
}
