namespace Mnemo.Host.Demo;

/// <summary>The bot stops and starts again on the same files; then somebody asks.</summary>
internal static class RecallAct
{
    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        await stage.RestartAsync(cancellation);
        stage.Screen.Note(stage.Say("demo.restarted", await stage.Bot.CountAsync(cancellation)));
        await stage.Pace.TypingAsync(cancellation);
        foreach (var question in stage.Script.Questions)
        {
            var isAnswered = await stage.AskAsync(DemoScript.Person(stage.Script.Asker), question, cancellation);
            stage.Expect(isAnswered, "demo.check.answered");
            await stage.Pace.ReadingAsync(cancellation);
        }
    }
}
