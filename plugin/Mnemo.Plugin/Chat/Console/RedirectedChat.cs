using System.Threading.Channels;
using Mnemo.Capture;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// The chat of a pipe: each line is a message. Statements are accepted while later lines are read already, so that
/// many of them share a sync; a question or a command waits for everything before it.
/// </summary>
internal sealed class RedirectedChat(MnemoRuntime runtime, Conversationalist bot, CommandRunner commands, ConsoleIdentity identity, RedirectedOutput output)
{
    private const int InFlight = 512;

    private readonly Channel<Accepted> _accepted = Channel.CreateBounded<Accepted>(InFlight);

    /// <summary>Reads to the end of input, or until it is told to stop; what was read by then is finished.</summary>
    /// <returns>Whether every message was taken.</returns>
    public async Task<bool> RunAsync(InputPump<string> lines, CancellationToken stopping)
    {
        var isFirstStart = await IsEmptyAsync();
        var printing = PrintAsync();
        while (await NextAsync(lines, stopping) is { } line) await TakeAsync(line);
        _accepted.Writer.Complete();
        var isComplete = await printing;
        await runtime.FinishAsync(CancellationToken.None);
        if (isFirstStart && !await IsEmptyAsync()) await output.NoteAsync(runtime.Strings["chat.first", (await runtime.Outbox.StatusAsync(CancellationToken.None)).StoredTotal]);
        return isComplete;
    }

    private async Task<bool> IsEmptyAsync() => await runtime.Outbox.StatusAsync(CancellationToken.None) is { StoredTotal: 0, Pending: 0 };

    private static async Task<string?> NextAsync(InputPump<string> lines, CancellationToken stopping)
    {
        try
        {
            return await lines.ReadAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            lines.Stop();
            return lines.TryTake();
        }
    }

    // What was read is finished even when the program is told to stop: hence no token.
    private async Task TakeAsync(string text)
    {
        var line = ConsoleLine.Read(text, output.IsJson, identity.NextId, out var problem);
        if (line is null)
        {
            await SettleAsync();
            await output.ProblemAsync(null, runtime.Strings[problem]);
        }
        else if (string.IsNullOrWhiteSpace(line.Text)) return;
        else if (CommandText.IsCommand(line.Text)) await CommandAsync(line);
        else await MessageAsync(line);
    }

    private async Task CommandAsync(ConsoleLine line)
    {
        await SettleAsync();
        var strings = await ConversationSettings.StringsAsync(runtime, identity.Caller.Scope.Conversation, "", CancellationToken.None);
        await output.ReplyAsync(line.Id, await commands.RunTextAsync(line.Text, identity.Caller, line.Id, strings, CancellationToken.None));
    }

    private async Task MessageAsync(ConsoleLine line)
    {
        var message = identity.Message(line);
        var kept = await bot.ListenAsync(message, CancellationToken.None);
        var receipt = kept is null ? Task.FromResult(new IntakeReceipt(IntakeOutcome.PrivacyOff)) : runtime.Intake.AcceptAsync(kept, CancellationToken.None);
        var accepted = new Accepted(message, receipt, new TaskCompletionSource());
        await _accepted.Writer.WriteAsync(accepted);
        if (!Conversationalist.Asks(message)) return;
        await accepted.Printed.Task;
        try
        {
            if (await bot.AnswerAsync(message, CancellationToken.None) is { } answer) await output.AnswerAsync(line.Id, answer);
        }
        catch (Exception e) when (Failures.AreExpected(e))
        {
            await output.ProblemAsync(line.Id, e.Message);
        }
    }

    /// <summary>Waits until everything before is acknowledged and printed.</summary>
    private async Task SettleAsync()
    {
        var mark = new Accepted(null, Task.FromResult(new IntakeReceipt(IntakeOutcome.Empty)), new TaskCompletionSource());
        await _accepted.Writer.WriteAsync(mark);
        await mark.Printed.Task;
    }

    private async Task<bool> PrintAsync()
    {
        var isComplete = true;
        await foreach (var accepted in _accepted.Reader.ReadAllAsync())
        {
            try
            {
                if (!accepted.Receipt.IsCompleted) await output.FlushAsync();
                var receipt = await accepted.Receipt;
                if (accepted.Message is { } message) await output.AcknowledgeAsync(message.Id, receipt);
            }
            catch (Exception e) when (Failures.AreExpected(e))
            {
                isComplete = false;
                await output.ProblemAsync(accepted.Message?.Id, e.Message);
            }

            if (_accepted.Reader.Count == 0) await output.FlushAsync();
            accepted.Printed.SetResult();
        }

        return isComplete;
    }

    private sealed record Accepted(ChatMessage? Message, Task<IntakeReceipt> Receipt, TaskCompletionSource Printed);
}
