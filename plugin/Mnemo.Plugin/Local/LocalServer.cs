using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mnemo.Plugin.Config;

namespace Mnemo.Plugin.Local;

/// <summary>
/// Lets a shell ask this bot, over the socket of its data directory, while it runs. It begins when the directory is
/// owned, behind the start, and ends before the bot is closed. A bot whose socket cannot be made runs without.
/// </summary>
internal sealed class LocalServer(IServiceProvider services, MnemoConfig config, TimeProvider clock, ILogger<LocalServer> logger) : BackgroundService
{
    /// <summary>Requests that are worked on at once.</summary>
    public const int MaxRequests = 16;

    private const int MaxRefusals = 16;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GraceOfCommands = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<Task> _requests = [];
    private readonly HashSet<Task> _refusals = [];
    private readonly CancellationTokenSource _transfersEnd = new();
    private readonly CancellationTokenSource _end = new();

    /// <summary>How many requests are worked on.</summary>
    public int Requests
    {
        get
        {
            lock (_gate) return _requests.Count(r => !r.IsCompleted);
        }
    }

    /// <summary>Waits until nobody asks anything.</summary>
    public async Task IdleAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task[] all;
            lock (_gate) all = [.. _requests.Where(r => !r.IsCompleted)];
            if (all.Length == 0) return;
            await Task.WhenAll(all).WaitAsync(cancellation);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _transfersEnd.Dispose();
        _end.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var listener = SocketListener.Open(config.DataDirectory, MaxRequests);
            await AcceptAsync(listener, stoppingToken);
            // Before the socket goes, so that nothing begins any more for a shell that has connected just now.
            await _transfersEnd.CancelAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            logger.LogWarning("A shell cannot ask this bot: its socket could not be made or removed ({Problem})", e.Message);
        }

        await FinishAsync();
    }

    private async Task AcceptAsync(SocketListener listener, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Begin(listener, await listener.AcceptAsync(stopping));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                logger.LogWarning("A shell could not connect ({Problem})", e.SocketErrorCode);
                await Task.Delay(AcceptPause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(SocketListener listener, Socket socket)
    {
        var refusal = listener.IsOfSameUser(socket) ? Requests < MaxRequests ? null : RefusalReason.Busy : RefusalReason.User;
        var work = refusal is null ? _requests : _refusals;
        lock (_gate)
        {
            if (work == _refusals && work.Count >= MaxRefusals)
            {
                socket.Dispose();
                return;
            }

            var serving = ServeAsync(socket, refusal);
            work.Add(serving);
            _ = serving.ContinueWith(
                done =>
                {
                    lock (_gate) work.Remove(done);
                },
                CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket, string? refusal)
    {
        // Not on the thread that accepts.
        await Task.Yield();
        await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true), clock);
        await using var ending = _end.Token.Register(() => socket.Dispose());
        try
        {
            var connection = new LocalConnection(channel, services.OperationsFor, clock, logger);
            await (refusal is null ? connection.ServeAsync(_transfersEnd.Token, _end.Token) : connection.RefuseAsync(refusal, _end.Token));
        }
        catch (Exception e)
        {
            logger.LogError(e, "A request from a shell could not be served");
        }
    }

    /// <summary>Transfers end at once, since they can be repeated; commands are given a while.</summary>
    private async Task FinishAsync()
    {
        await _transfersEnd.CancelAsync();
        Task all;
        lock (_gate) all = Task.WhenAll(_requests.Concat(_refusals));
        await all.WaitAsync(GraceOfCommands, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _end.CancelAsync();
        await all;
    }
}
