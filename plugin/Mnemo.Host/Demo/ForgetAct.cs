using Mnemo.Plugin.Commands;

namespace Mnemo.Host.Demo;

/// <summary>A member wants to be forgotten, gets a receipt, and what they said is gone for everybody.</summary>
internal static class ForgetAct
{
    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        var script = stage.Script;
        var (member, witness) = (DemoScript.Person(script.Forgets), DemoScript.Person(script.Witness));
        stage.Expect(await stage.AskAsync(witness, script.Secret, cancellation), "demo.check.answered");
        await stage.Pace.ReadingAsync(cancellation);

        stage.FoundBefore = stage.SearchFiles();
        var reply = await stage.CommandAsync(member, $"{CommandText.Prefix} me forget --{CommandOption.Confirm.Name}", cancellation);
        stage.Screen.Reply(reply);
        stage.Expect(reply.IsSuccess, "demo.check.receipt");
        await stage.Pace.ReadingAsync(cancellation);

        var isStillAnswered = await stage.AskAsync(witness, script.Secret, cancellation);
        stage.Check(!isStillAnswered, "demo.check.forgotten");
        await stage.Pace.ReadingAsync(cancellation);
    }
}
