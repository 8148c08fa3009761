using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>Serves the one request of a connection. Whatever comes over it hurts nothing but the connection, and none of it is logged.</summary>
internal sealed class LocalConnection(MessageChannel channel, Func<Func<string, Task>, BotOperations> bot, TimeProvider clock, ILogger logger)
{
    /// <summary>The option of an import that makes all vectors anew.</summary>
    public const string ReEmbed = "reembed";

    /// <summary>The option of an import that only checks.</summary>
    public const string DryRun = "dry_run";

    /// <summary>The option of an import that says how many bad lines are named.</summary>
    public const string NamedLines = "named_lines";

    /// <summary>How long a shell may take to say what it wants.</summary>
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    /// <summary>Reads the request and works on it.</summary>
    /// <param name="transfersEnd">Ends what can be repeated.</param>
    /// <param name="end">Ends everything.</param>
    public async Task ServeAsync(CancellationToken transfersEnd, CancellationToken end)
    {
        if (await ReadRequestAsync(end) is not { } request) return;
        if (ProblemOf(request) is { } problem) await SayNoAsync(problem);
        else if (transfersEnd.IsCancellationRequested) await SayNoAsync(RefusalReason.Stopping);
        else await WorkAsync(request, transfersEnd, end);
    }

    /// <summary>Hears the request and says no.</summary>
    public async Task RefuseAsync(string reason, CancellationToken end)
    {
        if (await ReadRequestAsync(end) is not null) await SayNoAsync(reason);
    }

    private async Task<LocalMessage.Request?> ReadRequestAsync(CancellationToken end)
    {
        using var limit = new CancellationTokenSource(RequestLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, end);
        try
        {
            return await channel.ReadAsync(either.Token) switch
            {
                LocalMessage.Request request => request,
                null => null,
                _ => throw new ProtocolException("it does not begin with a request"),
            };
        }
        catch (ProtocolException e)
        {
            logger.LogWarning("What came over the socket was not understood: {Problem}", e.Message);
            await SayNoAsync(RefusalReason.Malformed);
        }
        catch (Exception e) when (e is OperationCanceledException or PeerGoneException)
        {
            logger.LogDebug("A shell connected and asked nothing");
        }

        return null;
    }

    private static string? ProblemOf(LocalMessage.Request request)
    {
        if (request.Version != LocalMessage.CurrentVersion) return RefusalReason.Version;
        if (request.Arguments.Values.Any(v => v is null)) return RefusalReason.Malformed;
        var isKnown = request.Kind == RequestKind.Command ? FindCommand(request) is not null : request.Kind is RequestKind.Import or RequestKind.Export;
        return isKnown ? null : RefusalReason.Unknown;
    }

    private static CommandDefinition? FindCommand(LocalMessage.Request request) => CommandModel.All.FirstOrDefault(c => c.Path == request.Command);

    private async Task SayNoAsync(string reason)
    {
        try
        {
            await channel.WriteAsync(new LocalMessage.Refused(reason));
        }
        catch (PeerGoneException)
        {
            // Then it does not wait for it.
        }
    }

    private async Task WorkAsync(LocalMessage.Request request, CancellationToken transfersEnd, CancellationToken end)
    {
        // A command goes on without its shell; bytes that come from there or go there do not.
        var needsShell = request.Kind != RequestKind.Command;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end, needsShell ? transfersEnd : CancellationToken.None);
        using var done = new CancellationTokenSource();
        await using var input = new DataReadStream(channel);
        var listening = ListenAsync(input, needsShell, stop, done.Token);
        try
        {
            await channel.WriteAsync(new LocalMessage.Accepted());
            var operations = bot(NoticeAsync);
            foreach (var notice in operations.Notices) await NoticeAsync(notice);
            await channel.WriteAsync(await RunAsync(operations, request, input, stop.Token));
        }
        catch (PeerGoneException)
        {
            logger.LogInformation("The shell that asked has gone away");
        }
        catch (Exception e)
        {
            await FailAsync(e, request.Caller, stop.Token);
        }
        finally
        {
            await done.CancelAsync();
            await listening;
        }
    }

    private Task NoticeAsync(string text) => channel.WriteAsync(new LocalMessage.Notice(text));

    private async Task FailAsync(Exception failure, ShellCaller caller, CancellationToken stop)
    {
        var isCancelled = failure is OperationCanceledException && stop.IsCancellationRequested;
        if (!isCancelled) logger.LogError(failure, "What a shell has asked for failed");
        try
        {
            await channel.WriteAsync(isCancelled ? new LocalMessage.Cancelled() : new LocalMessage.Failed(Describe(failure, Strings.For(caller.Language))));
        }
        catch (PeerGoneException)
        {
            // It is in the log.
        }
    }

    private static string Describe(Exception failure, Strings strings) =>
        failure is InvalidScopeException ? strings["cli.badscope", failure.Message] : ExpectedErrors.Say(failure, strings).ReplaceLineEndings(" ");

    private async Task<LocalMessage.Done> RunAsync(BotOperations operations, LocalMessage.Request request, DataReadStream input, CancellationToken stop)
    {
        await using var output = new DataWriteStream(channel);
        await using var progress = new ProgressRelay(channel);
        switch (request.Kind)
        {
            case RequestKind.Import:
                var imported = await ImportAsync(operations, request, input, progress, stop);
                await JsonSerializer.SerializeAsync(output, imported, LocalJson.Default.ImportOutcome, CancellationToken.None);
                break;
            case RequestKind.Export:
                var exported = await operations.ExportAsync(output, request.Caller, progress, stop);
                await channel.WriteAsync(new LocalMessage.End());
                return new LocalMessage.Done(exported);
            default:
                await ReplyJson.WriteAsync(output, await CommandAsync(operations, request, stop), CancellationToken.None);
                break;
        }

        await channel.WriteAsync(new LocalMessage.End());
        return new LocalMessage.Done();
    }

    private static async Task<CommandReply> CommandAsync(BotOperations operations, LocalMessage.Request request, CancellationToken stop)
    {
        var arguments = CommandArguments.Bind(FindCommand(request)!, request.Arguments, Strings.For(request.Caller.Language), out var problem);
        return arguments is null ? CommandReply.Misused(problem) : await operations.RunAsync(FindCommand(request)!, arguments, request.Caller, stop);
    }

    private static async Task<ImportOutcome> ImportAsync(BotOperations operations, LocalMessage.Request request, Stream input, ProgressRelay progress, CancellationToken stop)
    {
        var options = new ImportOptions { ReEmbed = IsOn(request, ReEmbed), IsDryRun = IsOn(request, DryRun) };
        if (int.TryParse(request.Arguments.GetValueOrDefault(NamedLines), CultureInfo.InvariantCulture, out var named)) options = options with { NamedLines = named };
        try
        {
            return new ImportOutcome(await operations.ImportAsync(input, options, request.Caller, progress, stop));
        }
        catch (ImportException e)
        {
            return new ImportOutcome(e.Report, e.Message);
        }
    }

    private static bool IsOn(LocalMessage.Request request, string option) => request.Arguments.GetValueOrDefault(option) == "true";

    /// <summary>Hears what the shell says while the work goes on: data, that it wants to stop, and that it has gone.</summary>
    private async Task ListenAsync(DataReadStream input, bool needsShell, CancellationTokenSource stop, CancellationToken done)
    {
        Exception why = new PeerGoneException();
        try
        {
            while (await channel.ReadAsync(done) is { } message)
            {
                if (message is LocalMessage.Data data) input.Add(await channel.ReadDataAsync(data, done));
                else if (message is LocalMessage.End) input.Complete(null);
                else if (message is LocalMessage.Cancel) await stop.CancelAsync();
                else throw new ProtocolException("a message came that a shell does not send");
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is ProtocolException or PeerGoneException)
        {
            why = e;
        }

        input.Complete(why);
        if (needsShell) await stop.CancelAsync();
    }
}
