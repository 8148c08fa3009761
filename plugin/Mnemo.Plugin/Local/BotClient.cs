using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Mnemo.Plugin.Commands;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>Has it done by the bot that owns the data directory, over its socket. Good for one request.</summary>
internal sealed class BotClient(MessageChannel channel, Func<string, Task> notice, TimeProvider clock) : IBotOperations, IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private Exception? _inputFailure;

    /// <summary>Whether nobody sits at the shell any more: then the connection is closed, and the bot is not told to stop what it does.</summary>
    public Func<bool> IsShellGone { get; set; } = () => false;

    /// <summary>Connects; null when no bot listens.</summary>
    /// <param name="dataDirectory">Whose bot.</param>
    /// <param name="notice">Takes the lines that the operator should see.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Gives it up.</param>
    public static async Task<BotClient?> TryConnectAsync(string dataDirectory, Func<string, Task> notice, TimeProvider clock, CancellationToken cancellation)
    {
        if (SocketPath.Find(dataDirectory) is not { } path) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new BotClient(new MessageChannel(new NetworkStream(socket, ownsSocket: true), clock), notice, clock);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return e.SocketErrorCode == SocketError.AccessDenied ? throw new BotRefusedException(RefusalReason.User) : null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<CommandReply> RunAsync(CommandDefinition command, CommandArguments arguments, ShellCaller caller, CancellationToken cancellation)
    {
        var result = new MemoryStream();
        await AskAsync(Request(RequestKind.Command, caller, arguments.Values) with { Command = command.Path }, null, result, null, cancellation);
        return ReplyJson.Read(result.GetBuffer().AsMemory(0, (int)result.Length));
    }

    public async Task<ImportReport> ImportAsync(Stream input, ImportOptions options, ShellCaller caller, IProgress<TransferProgress> progress, CancellationToken cancellation)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal) { [LocalConnection.NamedLines] = options.NamedLines.ToString(CultureInfo.InvariantCulture) };
        if (options.ReEmbed) arguments[LocalConnection.ReEmbed] = "true";
        if (options.IsDryRun) arguments[LocalConnection.DryRun] = "true";
        var result = new MemoryStream();
        await AskAsync(Request(RequestKind.Import, caller, arguments), input, result, progress, cancellation);
        var outcome = JsonSerializer.Deserialize(result.GetBuffer().AsSpan(0, (int)result.Length), LocalJson.Default.ImportOutcome)!;
        return outcome.Failure is null ? outcome.Report : throw new ImportException(outcome.Failure, outcome.Report);
    }

    public async Task<ExportReport> ExportAsync(Stream output, ShellCaller caller, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        var done = await AskAsync(Request(RequestKind.Export, caller, new Dictionary<string, string>(StringComparer.Ordinal)), null, output, progress, cancellation);
        return done.Export ?? throw new ProtocolException("the export has no report");
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();

    private static LocalMessage.Request Request(string kind, ShellCaller caller, IReadOnlyDictionary<string, string> arguments) =>
        new() { Version = LocalMessage.CurrentVersion, Kind = kind, Caller = caller, Arguments = new Dictionary<string, string>(arguments, StringComparer.Ordinal) };

    /// <summary>Asks, and follows what the bot says until it is done.</summary>
    private async Task<LocalMessage.Done> AskAsync(LocalMessage.Request request, Stream? input, Stream output, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        await BeginAsync(request, cancellation);
        using var ended = new CancellationTokenSource();
        using var credits = new SemaphoreSlim(LocalMessage.Window);
        var sending = input is null ? Task.CompletedTask : SendAsync(input, credits, ended.Token);
        await using var wish = cancellation.Register(() => _ = IsShellGone() ? channel.DisposeAsync().AsTask() : TryCancelAsync());
        try
        {
            while (true)
            {
                switch (await channel.ReadAsync(CancellationToken.None) ?? throw new PeerGoneException())
                {
                    case LocalMessage.Notice said: await notice(said.Text); break;
                    case LocalMessage.Progress at: progress?.Report(at.Value); break;
                    case LocalMessage.More: credits.Release(); break;
                    case LocalMessage.Data data: await output.WriteAsync(await channel.ReadDataAsync(data, CancellationToken.None), CancellationToken.None); break;
                    case LocalMessage.Done done: return done;
                    case LocalMessage.Failed failed: throw new BotFailedException(failed.Text);
                    case LocalMessage.Cancelled: throw WhyCancelled(cancellation);
                }
            }
        }
        catch (PeerGoneException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeginAsync(LocalMessage.Request request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        either.Token.ThrowIfCancellationRequested();
        try
        {
            await channel.WriteAsync(request);
            switch (await channel.ReadAsync(either.Token))
            {
                case LocalMessage.Accepted: return;
                case LocalMessage.Refused { Reason: not RefusalReason.Stopping and var reason }: throw new BotRefusedException(reason);
                default: throw new NothingBegunException();
            }
        }
        catch (PeerGoneException)
        {
            throw new NothingBegunException();
        }
        catch (ProtocolException)
        {
            throw new BotRefusedException(RefusalReason.Version);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BotRefusedException(RefusalReason.Silent);
        }
    }

    /// <summary>Sends the file, as fast as the bot reads it. An input that fails ends the request.</summary>
    private async Task SendAsync(Stream input, SemaphoreSlim credits, CancellationToken ended)
    {
        var buffer = new byte[MessageChannel.MaxDataBytes];
        try
        {
            while (true)
            {
                await credits.WaitAsync(ended);
                // A pipe or a terminal does not look at the token while it waits.
                var read = await input.ReadAsync(buffer, ended).AsTask().WaitAsync(ended);
                if (read == 0) break;
                await channel.WriteDataAsync(buffer.AsMemory(0, read));
            }

            await channel.WriteAsync(new LocalMessage.End());
        }
        catch (Exception e) when (e is not OperationCanceledException and not PeerGoneException)
        {
            _inputFailure = e;
            await TryCancelAsync();
        }
    }

    private Exception WhyCancelled(CancellationToken cancellation) => _inputFailure is { } failure
        ? new IOException(failure.Message, failure)
        : cancellation.IsCancellationRequested ? new OperationCanceledException(cancellation) : new PeerGoneException();

    private async Task TryCancelAsync()
    {
        try
        {
            await channel.WriteAsync(new LocalMessage.Cancel());
        }
        catch (PeerGoneException)
        {
            // Whoever reads finds out.
        }
    }
}

/// <summary>The running bot does not do it; nothing has begun.</summary>
internal sealed class BotRefusedException(string reason) : Exception($"The running bot refused: {reason}.")
{
    /// <summary>One of <see cref="RefusalReason"/>.</summary>
    public string Reason => reason;
}

/// <summary>The bot that listened is about to end; nothing has begun.</summary>
internal sealed class NothingBegunException() : Exception("The running bot is ending.");

/// <summary>The running bot could not do it. The message is its own, for people; it has the details in its log.</summary>
internal sealed class BotFailedException(string message) : Exception(message);
