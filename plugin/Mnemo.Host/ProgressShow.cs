using System.Diagnostics;
using Mnemo.Transfer;
using Spectre.Console;

namespace Mnemo.Host;

/// <summary>Shows how far a long job is: a bar on a terminal, a plain line every few seconds in a pipe or a log.</summary>
internal static class ProgressShow
{
    private const int LineEveryMs = 3000;

    public static async Task<T> RunAsync<T>(VerbCall call, string title, long totalBytes, Func<IProgress<TransferProgress>, Task<T>> job)
    {
        var clock = Stopwatch.StartNew();
        if (Console.IsErrorRedirected) return await job(new Lines(call, clock));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => job(new Bar(call, clock, context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, totalBytes)), totalBytes)));
    }

    private static string Line(VerbCall call, TransferProgress progress, Stopwatch clock) =>
        call.Strings["cli.progress", progress.Stored, (long)(progress.Stored / Math.Max(0.001, clock.Elapsed.TotalSeconds)), progress.Bad];

    private sealed class Lines(VerbCall call, Stopwatch clock) : IProgress<TransferProgress>
    {
        private long _nextMs = LineEveryMs;

        public void Report(TransferProgress value)
        {
            if (clock.ElapsedMilliseconds < _nextMs) return;
            _nextMs = clock.ElapsedMilliseconds + LineEveryMs;
            call.Errors.WriteLine(Line(call, value, clock));
        }
    }

    private sealed class Bar(VerbCall call, Stopwatch clock, ProgressTask task, long totalBytes) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            task.Description = Markup.Escape(Line(call, value, clock));
            if (totalBytes > 0) task.Value = value.Bytes;
            else task.IsIndeterminate = true;
        }
    }
}
