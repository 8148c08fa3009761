using Mnemo.Plugin.Commands;

namespace Mnemo.Host.Demo;

/// <summary>Searches every byte on the disk for what was forgotten. The same search before shows that it can find.</summary>
internal static class ProofAct
{
    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        await stage.CloseAsync();
        var (before, after) = (stage.FoundBefore, stage.SearchFiles());
        stage.Screen.Note(stage.Say("demo.proof.words", string.Join(stage.Say("demo.list"), stage.Script.Canaries.Select(w => stage.Say("demo.quoted", w)))));
        stage.Screen.Note(stage.Say("demo.proof.before", before.Files, MemoryLines.Bytes(before.Bytes), before.Hits));
        await stage.Pace.TypingAsync(cancellation);
        stage.Screen.Note(stage.Say("demo.proof.after", after.Files, MemoryLines.Bytes(after.Bytes), after.Hits));
        stage.Check(before.Hits > 0 && after.Hits == 0, "demo.check.proof");
        await stage.Pace.TypingAsync(cancellation);
    }
}
