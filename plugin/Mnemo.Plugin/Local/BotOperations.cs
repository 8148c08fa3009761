using Microsoft.Extensions.Logging;
using Mnemo.Memories;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Transfer;

namespace Mnemo.Plugin.Local;

/// <summary>Has it done by the bot of this process, for one shell; a notice is a line that its operator should see.</summary>
internal sealed class BotOperations(MnemoRuntime runtime, CommandRunner commands, ILogger<BotOperations> logger, Func<string, Task> notice) : IBotOperations
{
    /// <summary>What the operator should know since the bot's start.</summary>
    public IReadOnlyList<string> Notices => runtime.Notices.Lines;

    public Task<CommandReply> RunAsync(CommandDefinition command, CommandArguments arguments, ShellCaller caller, CancellationToken cancellation)
    {
        var identity = new ConsoleIdentity(caller.Name, caller.Channel, runtime.Config, runtime.Clock, account: caller.User);
        return commands.RunOnceAsync(command, arguments, identity.Caller, identity.NextId(), Strings.For(caller.Language), cancellation);
    }

    public async Task<ImportReport> ImportAsync(Stream input, ImportOptions options, ShellCaller caller, IProgress<TransferProgress> progress, CancellationToken cancellation)
    {
        using var job = logger.ForJob("import");
        await runtime.TextIndexReady.WaitAsync(cancellation);
        if (await runtime.Eraser.Ledger.LostAtAsync(cancellation) is { } lost) await notice(Strings.For(caller.Language)["cli.import.ledgerlost", lost]);
        var importer = new JsonlImporter(runtime.Stores, runtime.Writer, runtime.Eraser.Ledger, runtime.Clock);
        try
        {
            var report = await importer.ImportAsync(input, options, progress, cancellation);
            logger.LogInformation("Read {Lines} lines, stored {Stored} memories, {Bad} lines were bad", report.Lines, report.Stored, report.Bad);
            return report;
        }
        catch (ImportException e)
        {
            logger.LogInformation(e, "The import ended after {Lines} lines, of which {Stored} are stored", e.Report.Lines, e.Report.Stored);
            throw;
        }
    }

    public async Task<ExportReport> ExportAsync(Stream output, ShellCaller caller, IProgress<TransferProgress>? progress, CancellationToken cancellation)
    {
        using var job = logger.ForJob("export");
        await runtime.Worker.DrainAsync(cancellation);
        var report = await new JsonlExporter(runtime.Stores).WriteAsync(output, MemoryFilter.Everything, progress, cancellation);
        logger.LogInformation("Wrote {Memories} memories", report.Memories);
        return report;
    }
}
