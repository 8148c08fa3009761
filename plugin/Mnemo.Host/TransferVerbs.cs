using System.CommandLine;
using Microsoft.Extensions.Logging;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Plugin.Localization;
using Mnemo.Transfer;

namespace Mnemo.Host;

/// <summary><c>mnemo import</c> and <c>mnemo export</c>: memories as JSON lines, without loss.</summary>
internal static class TransferVerbs
{
    private const string StandardStream = "-";

    public static Command Import(CommonOptions common, Strings strings)
    {
        var file = new Argument<string>("FILE") { Description = strings["cli.import.file"] };
        var reembed = new Option<bool>("--reembed", "--re-embed") { Description = strings["cli.import.reembed"] };
        var dryRun = new Option<bool>("--dry-run") { Description = strings["cli.import.dryrun"] };
        var json = new Option<bool>("--json") { Description = strings["cli.import.json"] };
        var import = new Command("import", strings["cli.import.about"]) { file, reembed, dryRun, json };
        common.Run(import, call => ImportAsync(call, call.Parsed.GetRequiredValue(file), call.Parsed.GetValue(json), new ImportOptions
        {
            ReEmbed = call.Parsed.GetValue(reembed), IsDryRun = call.Parsed.GetValue(dryRun), NamedLines = ImportOutput.NamedLines(call.Parsed.GetValue(json)),
        }));
        return import;
    }

    public static Command Export(CommonOptions common, Strings strings)
    {
        var file = new Argument<string>("FILE") { Description = strings["cli.export.file"] };
        var export = new Command("export", strings["cli.export"]) { file };
        common.Run(export, call => ExportAsync(call, call.Parsed.GetRequiredValue(file)));
        return export;
    }

    private static async Task<int> ImportAsync(VerbCall call, string file, bool isJson, ImportOptions options)
    {
        await using var input = file == StandardStream ? Console.OpenStandardInput() : File.OpenRead(file);
        await using var bot = await RunningBot.StartAsync(call);
        using var job = bot.Log.ForJob("import");
        await bot.Runtime.TextIndexReady.WaitAsync(call.Stopping);
        if (await bot.Runtime.Eraser.Ledger.LostAtAsync(call.Stopping) is { } lost) await call.Errors.WriteLineAsync(call.Strings["cli.import.ledgerlost", lost]);
        var importer = new JsonlImporter(bot.Runtime.Stores, bot.Runtime.Writer, bot.Runtime.Embedder, bot.Runtime.Embedder.Fingerprint, bot.Runtime.Eraser.Ledger, bot.Runtime.Clock);
        var output = new ImportOutput(call, isJson, options.IsDryRun);
        var size = input.CanSeek ? input.Length : 0;
        try
        {
            var report = await ProgressShow.RunAsync(call, call.Strings["cli.import"], size,
                progress => importer.ImportAsync(input, options, progress, call.Stopping));
            bot.Log.LogInformation("Read {Lines} lines, stored {Stored} memories, {Bad} lines were bad", report.Lines, report.Stored, report.Bad);
            return await output.ShowAsync(report, failure: null);
        }
        catch (ImportException e)
        {
            bot.Log.LogInformation(e, "The import ended after {Lines} lines, of which {Stored} are stored", e.Report.Lines, e.Report.Stored);
            return await output.ShowAsync(e.Report, e.Message);
        }
    }

    private static async Task<int> ExportAsync(VerbCall call, string file)
    {
        await using var bot = await RunningBot.StartAsync(call);
        using var job = bot.Log.ForJob("export");
        await bot.Runtime.Worker.DrainAsync(call.Stopping);
        var exporter = new JsonlExporter(bot.Runtime.Stores);
        if (file == StandardStream || ExportTarget.IsStandardOutput(file))
        {
            await using var output = Console.OpenStandardOutput();
            await exporter.WriteAsync(output, MemoryFilter.Everything, null, call.Stopping);
            return ExitCode.Ok;
        }

        try
        {
            var report = await ProgressShow.RunAsync(call, call.Strings["cli.export"], 0,
                progress => exporter.ExportAsync(file, MemoryFilter.Everything, progress, call.Stopping));
            bot.Log.LogInformation("Wrote {Memories} memories", report.Memories);
            await call.Output.WriteLineAsync(call.Strings["cli.export.done", report.Memories, Path.GetFullPath(file)]);
            return ExitCode.Ok;
        }
        catch (ExportTargetException e)
        {
            await call.Errors.WriteLineAsync(call.Strings[$"cli.export.{e.Problem.ToString().ToLowerInvariant()}", e.Path]);
            return ExitCode.Failure;
        }
    }
}
