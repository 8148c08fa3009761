namespace Mnemo.Host.Demo;

/// <summary>The sample chat streams in; each message is shown once its memory is stored.</summary>
internal static class RememberAct
{
    /// <summary>A picture has room for the first and the last messages only.</summary>
    private const int ShownAtEnds = 3;

    public static async Task PlayAsync(DemoStage stage, CancellationToken cancellation)
    {
        var messages = stage.Script.Messages;
        for (var place = 0; place < messages.Count; place++)
        {
            var message = messages[place];
            await stage.Bot.HandleAsync(stage.Bot.InGuild(message.Speaker), message.Speaker, message.Text, message.At, isToBot: false, cancellation);
            var count = await stage.Bot.CountAsync(cancellation);
            if (!stage.IsPicture || place < ShownAtEnds || place >= messages.Count - ShownAtEnds)
                stage.Screen.Said(message.At, "", message.Speaker, message.Text, stage.Say("demo.remembered", count));
            else if (place == ShownAtEnds)
                stage.Screen.Note(stage.Say("demo.more_messages", messages.Count - (2 * ShownAtEnds)));
            await stage.Pace.MessageAsync(cancellation);
        }

        stage.Check(await stage.Bot.CountAsync(cancellation) == messages.Count, "demo.check.remembered", messages.Count);
    }
}
