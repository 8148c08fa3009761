using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;
using Spectre.Console;

namespace Mnemo.Host.Demo;

/// <summary><c>mnemo demo</c>: a minute that shows the product. It reads no configuration and leaves nothing behind.</summary>
internal static class DemoVerb
{
    private const int PictureWidth = 100;

    public static Command Make(Strings strings)
    {
        var language = new Option<string>("--language") { Description = strings["demo.option.language"], HelpName = string.Join('|', Strings.Languages), DefaultValueFactory = _ => strings.Language };
        language.Validators.Add(given =>
        {
            if (!Strings.Languages.Contains(given.GetValueOrDefault<string>(), StringComparer.Ordinal))
                given.AddError(strings["demo.badlanguage", given.GetValueOrDefault<string>(), string.Join(", ", Strings.Languages)]);
        });
        var fast = new Option<bool>("--fast") { Description = strings["demo.option.fast"] };
        var html = new Option<string?>("--html") { Description = strings["demo.option.html"], HelpName = "FILE" };
        var demo = new Command("demo", strings["cli.demo"]) { language, fast, html };
        demo.SetAction((parsed, _) => RunAsync(parsed.GetValue(language)!, parsed.GetValue(fast), parsed.GetValue(html)));
        return demo;
    }

    private static async Task<int> RunAsync(string language, bool isFast, string? html)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await (html is null ? PlayAsync(language, isFast, stop.Token) : DrawAsync(language, html, stop.Token)) ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(Strings.For(language)["demo.stopped"]);
            return ExitCode.Ok;
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            await Console.Error.WriteLineAsync(Strings.For(language)["demo.failed", e.Message]);
            return ExitCode.Failure;
        }

        void Stop(PosixSignalContext signal)
        {
            if (stop.IsCancellationRequested) return;
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static Task<bool> PlayAsync(string language, bool isFast, CancellationToken cancellation)
    {
        var isRich = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        return new DemoPlay(AnsiConsole.Console, new DemoPlayOptions(language, isFast, isRich, IsPicture: false), TimeProvider.System).RunAsync(cancellation);
    }

    private static async Task<bool> DrawAsync(string language, string path, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.TrueColor, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null),
        });
        console.Profile.Width = PictureWidth;
        using var recorder = console.CreateRecorder();
        var isGood = await new DemoPlay(recorder, new DemoPlayOptions(language, IsFast: true, IsRich: true, IsPicture: true), TimeProvider.System).RunAsync(cancellation);
        var strings = Strings.For(language);
        await DemoPicture.WriteAsync(path, recorder.ExportHtml(), "mnemo demo", cancellation);
        await Console.Out.WriteLineAsync(strings["demo.picture", path]);
        return isGood;
    }
}
