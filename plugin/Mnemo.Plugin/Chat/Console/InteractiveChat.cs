using Mnemo.Capture;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.State;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>The chat of somebody at a terminal.</summary>
internal sealed class InteractiveChat(MnemoRuntime runtime, ChatResponder bot, CommandRunner commands, ConsoleIdentity identity, ConsoleScreen screen, LineEditor editor)
{
    private readonly ConsoleHistory _history = new(runtime.Config.DataDirectory, identity.Caller.Speaker.Id);
    private bool _isFirstStart;

    /// <summary>Talks until the end of input or until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var status = await runtime.Outbox.StatusAsync(stopping);
        _isFirstStart = status is { StoredTotal: 0, Pending: 0 };
        if (_isFirstStart) screen.Welcome(runtime, identity);
        else screen.Hint(runtime.Strings["chat.again", identity.Caller.Speaker.Name]);
        try
        {
            while (await ReadAsync(stopping) is { } text)
            {
                if (text is "/quit" or "/exit") break;
                if (text.Length > 0) await screen.WhileWaitingAsync(HandleAsync(text), runtime.Strings["chat.working"]);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            screen.Hint("");
        }

        await screen.WhileWaitingAsync(runtime.FinishAsync(stopping), runtime.Strings["chat.working"]);
    }

    private async Task<string?> ReadAsync(CancellationToken stopping)
    {
        editor.History = _history.Lines;
        var line = await editor.ReadAsync($"{identity.Caller.Speaker.Name}> ", stopping);
        return line?.Trim();
    }

    private async Task HandleAsync(string text)
    {
        var cancellation = CancellationToken.None;
        try
        {
            var strings = await ConversationSettings.StringsAsync(runtime, identity.Caller.Scope.Conversation, text, cancellation);
            var confirmed = IsYes(text) ? await commands.ConfirmAsync(identity.Caller, null, cancellation) : null;
            if (confirmed is not null) screen.Show(confirmed);
            else if (CommandText.IsCommand(text)) await CommandAsync(text, strings, cancellation);
            else await MessageAsync(text, strings, cancellation);
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            screen.Show(CommandReply.Failed(e.Message));
        }
    }

    private async Task CommandAsync(string text, Strings strings, CancellationToken cancellation)
    {
        // Any command can hold words of the user, a misspelt one too, so the history keeps none while nothing may be kept.
        if (await runtime.Privacy.GetAsync(ConsoleIdentity.Platform, identity.Caller.Speaker.Id, cancellation) == PrivacyMode.On) _history.Add(text);
        var reply = await commands.RunTextAsync(text, identity.Caller, identity.NextId(), strings, cancellation);
        screen.Show(reply);
        if (reply.Confirmation is not null) screen.Hint(strings["chat.confirm"]);
    }

    private async Task MessageAsync(string text, Strings strings, CancellationToken cancellation)
    {
        var turn = await bot.HandleAsync(identity.Message(new ConsoleLine(identity.NextId(), text, null)), cancellation);
        if (turn.Receipt.Outcome is IntakeOutcome.Accepted or IntakeOutcome.AlreadyKnown or IntakeOutcome.Question) _history.Add(text);
        if (turn.Receipt.IsRefused) screen.Show(CommandReply.Failed(turn.Receipt.Say(strings)));
        else if (turn.Answer is { } answer) screen.Answer(runtime.Config.BotName, answer);
        else if (turn.Receipt.Outcome is IntakeOutcome.PrivacyOff or IntakeOutcome.NotListening) screen.Hint(strings["chat.notkept"]);
        else if (turn.Receipt.Outcome == IntakeOutcome.Accepted) await AcknowledgeAsync(strings, cancellation);
    }

    private async Task AcknowledgeAsync(Strings strings, CancellationToken cancellation)
    {
        if (!_isFirstStart)
        {
            screen.Hint("✓");
            return;
        }

        await runtime.DrainAsync(cancellation);
        var total = (await runtime.Outbox.StatusAsync(cancellation)).StoredTotal;
        screen.Hint(strings["chat.first", total]);
        _isFirstStart = total == 0;
    }

    private static bool IsYes(string text) => text.ToLowerInvariant() is "yes" or "y" or "是" or "是的" or "好" or "确认";
}
