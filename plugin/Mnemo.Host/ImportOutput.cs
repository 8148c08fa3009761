using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Transfer;

namespace Mnemo.Host;

/// <summary>Tells what an import did: lines for people, or with <c>--json</c> an object for each bad line and one for the whole.</summary>
internal sealed class ImportOutput(VerbCall call, bool isJson, bool isDryRun)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How many bad lines the report has to name.</summary>
    public static int NamedLines(bool isJson) => isJson ? int.MaxValue : new ImportOptions().NamedLines;

    /// <param name="report">What was done.</param>
    /// <param name="failure">Why the import could not go on; null when it reached the end of the lines.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ShowAsync(ImportReport report, string? failure)
    {
        if (isJson) await ShowJsonAsync(report, failure);
        else await ShowLinesAsync(report, failure);
        return failure is not null || report.IsStopped || report.Bad > 0 ? ExitCode.Failure : ExitCode.Ok;
    }

    private async Task ShowLinesAsync(ImportReport report, string? failure)
    {
        foreach (var bad in report.BadLines) await call.Errors.WriteLineAsync(call.Strings["cli.import.bad", bad.Number, bad.Reason]);
        if (report.Bad > report.BadLines.Count) await call.Errors.WriteLineAsync(call.Strings["cli.import.more", report.Bad - report.BadLines.Count]);
        if (failure is not null) await call.Errors.WriteLineAsync(failure);
        else if (report.IsStopped) await call.Errors.WriteLineAsync(call.Strings["cli.import.stopped"]);
        await call.Output.WriteLineAsync(call.Strings[isDryRun ? "cli.import.checked" : "cli.import.done", report.Stored, report.Lines, report.Bad]);
        if (report.Present > 0) await call.Output.WriteLineAsync(call.Strings["cli.import.present", report.Present]);
        if (report.Forgotten > 0) await call.Output.WriteLineAsync(call.Strings["cli.import.forgotten", report.Forgotten]);
    }

    private async Task ShowJsonAsync(ImportReport report, string? failure)
    {
        foreach (var bad in report.BadLines) await WriteAsync(new JsonObject { ["line"] = bad.Number, ["reason"] = bad.Reason });
        var whole = new JsonObject
        {
            ["lines"] = report.Lines, ["stored"] = report.Stored, ["present"] = report.Present, ["embedded"] = report.Embedded,
            ["forgotten"] = report.Forgotten, ["bad"] = report.Bad, ["stopped"] = report.IsStopped || failure is not null, ["dry_run"] = isDryRun,
        };
        if (failure is not null) whole["error"] = failure;
        await WriteAsync(whole);
    }

    private Task WriteAsync(JsonObject json) => call.Output.WriteLineAsync(json.ToJsonString(Readable));
}
