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
        var import = new Command("import", strings["cli.import.about"]) { file, reembed, dryRun };
        common.Run(import, call => ImportAsync(call, call.Parsed.GetRequiredValue(file),
            new ImportOptions { ReEmbed = call.Parsed.GetValue(reembed), IsDryRun = call.Parsed.GetValue(dryRun) }));
        return import;
    }

    public static Command Export(CommonOptions common, Strings strings)
    {
        var file = new Argument<string>("FILE") { Description = strings["cli.export.file"] };
        var export = new Command("export", strings["cli.export"]) { file };
        common.Run(export, call => ExportAsync(call, call.Parsed.GetRequiredValue(file)));
        return export;
    }

    private static async Task<int> ImportAsync(VerbCall call, string file, ImportOptions options)
    {
        await using var input = file == StandardStream ? Console.OpenStandardInput() : File.OpenRead(file);
        await using var bot = await RunningBot.StartAsync(call);
        using var job = bot.Log.ForJob("import");
        await bot.Runtime.TextIndexReady.WaitAsync(call.Stopping);
        var importer = new JsonlImporter(bot.Runtime.Writer, bot.Runtime.Embedder, bot.Runtime.Embedder.Fingerprint, bot.Runtime.Eraser.Ledger, bot.Runtime.Clock);
        var size = input.CanSeek ? input.Length : 0;
        var report = await ProgressShow.RunAsync(call, call.Strings["cli.import"], size,
            progress => importer.ImportAsync(input, options, progress, call.Stopping));
        bot.Log.LogInformation("Read {Lines} lines, stored {Stored} memories, {Bad} lines were bad", report.Lines, report.Stored, report.Bad);
        foreach (var bad in report.BadLines) await call.Errors.WriteLineAsync(call.Strings["cli.import.bad", bad.Number, bad.Reason]);
        if (report.IsStopped) await call.Errors.WriteLineAsync(call.Strings["cli.import.stopped"]);
        await call.Output.WriteLineAsync(call.Strings[options.IsDryRun ? "cli.import.checked" : "cli.import.done", report.Stored, report.Lines, report.Bad]);
        if (report.Forgotten > 0) await call.Output.WriteLineAsync(call.Strings["cli.import.forgotten", report.Forgotten]);
        return report.IsStopped || report.Bad > 0 ? ExitCode.Failure : ExitCode.Ok;
    }

    private static async Task<int> ExportAsync(VerbCall call, string file)
    {
        await using var bot = await RunningBot.StartAsync(call);
        using var job = bot.Log.ForJob("export");
        await bot.Runtime.Worker.DrainAsync(call.Stopping);
        var exporter = new JsonlExporter(bot.Runtime.Stores);
        if (file == StandardStream)
        {
            await using var output = Console.OpenStandardOutput();
            await exporter.WriteAsync(output, MemoryFilter.Everything, null, call.Stopping);
            return ExitCode.Ok;
        }

        var report = await ProgressShow.RunAsync(call, call.Strings["cli.export"], 0,
            progress => exporter.ExportAsync(file, MemoryFilter.Everything, progress, call.Stopping));
        bot.Log.LogInformation("Wrote {Memories} memories", report.Memories);
        await call.Output.WriteLineAsync(call.Strings["cli.export.done", report.Memories, Path.GetFullPath(file)]);
        return ExitCode.Ok;
    }
}
