using Mnemo.Plugin.Commands;

namespace Mnemo.Host.Demo;

/// <summary>Shows what an answer rests on.</summary>
internal static class WhyAct
{
    /// <summary>The question's facts, then a heading and the facts of the best memory.</summary>
    private const int BlocksShown = 3;

    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        var asker = DemoScript.Person(stage.Script.Asker);
        var reply = await stage.CommandAsync(asker, $"{CommandText.Prefix} why {stage.Script.Why}", cancellation);
        stage.Screen.Reply(reply with { Blocks = [.. reply.Blocks.Take(BlocksShown)] });
        stage.Expect(reply is { IsSuccess: true, Blocks.Count: >= BlocksShown }, "demo.check.why");
        await stage.Pace.ReadingAsync(cancellation);
        await stage.Pace.ReadingAsync(cancellation);
    }
}
