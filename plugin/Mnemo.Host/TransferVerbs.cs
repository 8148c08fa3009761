using System.CommandLine;
using Mnemo.Localization;
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
        return await BotAccess.RunAsync(call, async bot =>
        {
            var output = new ImportOutput(call, isJson, options.IsDryRun);
            try
            {
                var report = await ProgressShow.RunAsync(call, call.Strings["cli.import"], input.CanSeek ? input.Length : 0,
                    progress => bot.ImportAsync(input, options, BotAccess.Caller(call), progress, call.Stopping));
                return await output.ShowAsync(report, failure: null);
            }
            catch (ImportException e)
            {
                return await output.ShowAsync(e.Report, e.Message);
            }
        });
    }

    private static Task<int> ExportAsync(VerbCall call, string file) => BotAccess.RunAsync(call, async bot =>
    {
        if (file == StandardStream || ExportTarget.IsStandardOutput(file))
        {
            await using var output = Console.OpenStandardOutput();
            await bot.ExportAsync(output, BotAccess.Caller(call), null, call.Stopping);
            return ExitCode.Ok;
        }

        try
        {
            var report = await ProgressShow.RunAsync(call, call.Strings["cli.export"], 0,
                progress => ExportTarget.WriteAsync(file, output => bot.ExportAsync(output, BotAccess.Caller(call), progress, call.Stopping), call.Stopping));
            await call.Output.WriteLineAsync(call.Strings["cli.export.done", report.Memories, Path.GetFullPath(file)]);
            if (report.Damaged > 0) await call.Errors.WriteLineAsync(call.Strings["cli.export.damaged", report.Damaged]);
            return ExitCode.Ok;
        }
        catch (ExportTargetException e)
        {
            await call.Errors.WriteLineAsync(call.Strings[$"cli.export.{e.Problem.ToString().ToLowerInvariant()}", e.Path]);
            return ExitCode.Failure;
        }
    });
}
