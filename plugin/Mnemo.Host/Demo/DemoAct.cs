namespace Mnemo.Host.Demo;

/// <summary>One act of the demo. A new one is a line in <see cref="All"/> and its texts under <c>demo.act.</c></summary>
/// <param name="Name">The last part of its string keys.</param>
/// <param name="PlayAsync">Plays it.</param>
internal sealed record DemoAct(string Name, Func<DemoStage, CancellationToken, Task> PlayAsync)
{
    /// <summary>The acts, in the order of the play.</summary>
    public static IReadOnlyList<DemoAct> All { get; } =
    [
        new("remember", RememberAct.PlayAsync),
        new("recall", RecallAct.PlayAsync),
        new("why", WhyAct.PlayAsync),
        new("stranger", StrangerAct.PlayAsync),
        new("forget", ForgetAct.PlayAsync),
        new("proof", ProofAct.PlayAsync),
    ];
}
