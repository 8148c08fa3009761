using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Localization;
using Spectre.Console;

namespace Mnemo.Host.Demo;

/// <summary>Plays the demo from the first act to the last in a scratch directory that it deletes, however it ends.</summary>
internal sealed class DemoPlay(IAnsiConsole console, DemoPlayOptions options, TimeProvider clock)
{
    private readonly Strings _strings = Strings.For(options.Language);

    /// <summary>Plays it; true when every promise was kept.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var script = DemoScript.Read(_strings.Language, TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone));
        var nameWidth = script.Messages.Max(m => TextWidth.Of(m.Speaker.Name));
        var screen = new DemoScreen(console, options.IsRich, Math.Max(nameWidth, TextWidth.Of("Mnemo")), clock);
        var scratch = Path.Combine(options.ScratchParent, "mnemo-demo-" + Path.GetRandomFileName());
        Directory.CreateDirectory(scratch);
        bool isGood;
        try
        {
            isGood = await PlayAsync(script, screen, scratch, cancellation);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        console.WriteLine();
        screen.Note(_strings[isGood ? "demo.end.kept" : "demo.end.broken"]);
        screen.Command("dotnet run --project plugin/Mnemo.Host", _strings["demo.end.chat"]);
        screen.Command("dotnet run --project plugin/Mnemo.Host -- memory help", _strings["demo.end.help"]);
        return isGood;
    }

    private async Task<bool> PlayAsync(DemoScript script, DemoScreen screen, string scratch, CancellationToken cancellation)
    {
        var pace = new DemoPace(clock, options.IsFast);
        screen.Title(_strings["demo.title"], _strings["demo.about"]);
        await using var stage = new DemoStage(script, screen, pace, _strings, Settings(scratch), clock) { IsPicture = options.IsPicture };
        await stage.RestartAsync(cancellation);
        foreach (var act in DemoAct.All)
        {
            await pace.TypingAsync(cancellation);
            screen.Act(_strings[$"demo.act.{act.Name}"], _strings[$"demo.act.{act.Name}.about"]);
            await pace.TypingAsync(cancellation);
            await act.PlayAsync(stage, cancellation);
        }

        return stage.IsGood;
    }

    /// <summary>The defaults, whatever the files and the environment of the person who watches say.</summary>
    private MnemoConfig Settings(string scratch)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MNEMO_LANGUAGE"] = _strings.Language };
        return ConfigFile.Load(null, Path.Combine(scratch, "data"), environment, scratch).Config!;
    }
}

/// <summary>How the demo is played.</summary>
/// <param name="Language">The language of the play and of its sample chat.</param>
/// <param name="IsFast">Whether it leaves out the pauses.</param>
/// <param name="IsRich">Whether colours and frames can be drawn.</param>
/// <param name="IsPicture">Whether it is drawn for a picture, where room is scarce.</param>
internal sealed record DemoPlayOptions(string Language, bool IsFast, bool IsRich, bool IsPicture)
{
    /// <summary>Where the scratch directory is made.</summary>
    public string ScratchParent { get; init; } = Path.GetTempPath();
}
