using System.CommandLine;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;

namespace Mnemo.Host.Eval;

/// <summary><c>mnemo eval</c>: measures recall through the real pipeline, in a scratch directory unless <c>--data</c> names one.</summary>
internal static class EvalVerb
{
    public static Command Make(CommonOptions common, Strings strings)
    {
        var turns = new Option<string>("--turns") { Description = strings["cli.eval.turns"], HelpName = "FILE", Required = true };
        var questions = new Option<string>("--questions") { Description = strings["cli.eval.questions"], HelpName = "FILE", Required = true };
        var output = new Option<string>("--out") { Description = strings["cli.eval.out"], HelpName = "FILE", Required = true };
        var eval = new Command("eval", strings["cli.eval"]) { turns, questions, output };
        eval.SetAction(async (parsed, stopping) =>
        {
            var scratch = parsed.GetValue(common.Data) is null ? Directory.CreateTempSubdirectory("mnemo-eval-").FullName : null;
            var isInterrupted = false;
            var code = await VerbCall.RunAsync(parsed, parsed.GetValue(common.Config), scratch ?? parsed.GetValue(common.Data), async call =>
            {
                try
                {
                    return await RunAsync(call, parsed.GetRequiredValue(turns), parsed.GetRequiredValue(questions), parsed.GetRequiredValue(output));
                }
                finally
                {
                    isInterrupted = call.Stopping.IsCancellationRequested;
                }
            }, stopping);
            if (scratch is not null) Clear(scratch, keepsLog: code == ExitCode.Failure && !isInterrupted);
            return code;
        });
        return eval;
    }

    // What failed has named the log.
    private static void Clear(string scratch, bool keepsLog)
    {
        var logs = Path.GetDirectoryName(MnemoLogging.PathIn(scratch));
        foreach (var file in Directory.GetFiles(scratch)) File.Delete(file);
        foreach (var directory in Directory.GetDirectories(scratch).Where(d => !keepsLog || d != logs)) Directory.Delete(directory, recursive: true);
        if (!keepsLog) Directory.Delete(scratch);
    }

    private static async Task<int> RunAsync(VerbCall call, string turns, string questions, string output)
    {
        await using var bot = await RunningBot.StartAsync(call);
        var runtime = bot.Runtime;
        var evaluation = new Evaluation(runtime.Intake, runtime.Worker, runtime.Recaller, runtime.Clock);
        var report = await evaluation.RunAsync(turns, questions, output, new StepLines(call.Errors), call.Stopping);
        // Averages over nothing would read as the worst result there is.
        await call.Output.WriteLineAsync(report.Scored > 0
            ? report.ToString()
            : call.Strings["cli.eval.unscored", report.Turns, report.Questions, report.MedianMs, report.P95Ms]);
        return ExitCode.Ok;
    }

    private sealed class StepLines(TextWriter errors) : IProgress<string>
    {
        public void Report(string value) => errors.WriteLine(value);
    }
}
