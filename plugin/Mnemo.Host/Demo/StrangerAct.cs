namespace Mnemo.Host.Demo;

/// <summary>The same question from another guild and from a private chat: nothing crosses over.</summary>
internal static class StrangerAct
{
    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        var script = stage.Script;
        var stranger = DemoScript.Person(script.Stranger);
        var abroad = await stage.AskAsync(DemoBot.In(script.StrangerGuild, script.StrangerChannel, stranger), stranger, script.Why, cancellation);
        await stage.Pace.TypingAsync(cancellation);
        var inPrivate = await stage.AskAsync(DemoBot.InPrivate(stranger), stranger, script.Why, cancellation);
        stage.Check(!abroad && !inPrivate, "demo.check.stranger");
        await stage.Pace.ReadingAsync(cancellation);
    }
}
