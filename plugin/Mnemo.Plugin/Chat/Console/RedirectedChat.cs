using System.Threading.Channels;
using Mnemo.Capture;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// The chat of a pipe: each line is a message. Statements are accepted while later lines are read already, so that
/// many of them share a sync; a question or a command waits for everything before it.
/// </summary>
internal sealed class RedirectedChat(MnemoRuntime runtime, ChatResponder bot, CommandRunner commands, ConsoleIdentity identity, RedirectedOutput output)
{
    private const int InFlight = 512;

    private readonly Channel<Accepted> _accepted = Channel.CreateBounded<Accepted>(InFlight);
    private volatile bool _hasFailed;

    /// <summary>Reads to the end of input, or until it is told to stop; what was read by then is finished.</summary>
    /// <returns>Whether every message was taken and every question and command worked on.</returns>
    /// <exception cref="IOException">Nobody can be told anything any more: the output does not take it.</exception>
    public async Task<bool> RunAsync(InputPump<string> lines, CancellationToken stopping)
    {
        var isFirstStart = await IsEmptyAsync();
        var printing = PrintAsync();
        try
        {
            while (await NextAsync(lines, stopping) is { } line) await TakeAsync(line);
        }
        catch (ChannelClosedException)
        {
            // The printing has ended before its time; it says why when it is awaited.
        }
        finally
        {
            lines.Stop();
            _accepted.Writer.TryComplete();
            await printing;
        }

        await runtime.FinishAsync(stopping);
        if (isFirstStart && !await IsEmptyAsync()) await output.NoteAsync(runtime.Strings["chat.first", (await runtime.Outbox.StatusAsync(CancellationToken.None)).StoredTotal]);
        return !_hasFailed;
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
            await DrainAsync();
            await output.ProblemAsync(null, runtime.Strings[problem]);
        }
        else if (string.IsNullOrWhiteSpace(line.Text)) return;
        else if (CommandText.IsCommand(line.Text)) await CommandAsync(line);
        else if (runtime.Intake.Refuse(line.Text) is { } refused)
        {
            await DrainAsync();
            var strings = await ConversationSettings.StringsAsync(runtime, identity.Caller.Scope.Conversation, "", CancellationToken.None);
            await output.ProblemAsync(line.Id, refused.Say(strings));
        }
        else await MessageAsync(line);
    }

    private async Task CommandAsync(ConsoleLine line)
    {
        await DrainAsync();
        var reply = await TryAsync(line.Id, async () =>
        {
            var strings = await ConversationSettings.StringsAsync(runtime, identity.Caller.Scope.Conversation, "", CancellationToken.None);
            return await commands.RunTextAsync(line.Text, identity.Caller, line.Id, strings, CancellationToken.None);
        });
        if (reply is not null) await output.ReplyAsync(line.Id, reply);
    }

    private async Task MessageAsync(ConsoleLine line)
    {
        var message = identity.Message(line);
        var kind = MessageClass.Of(message);
        var listening = bot.ListenAsync(message, CancellationToken.None);
        // Not the next message before this one stands in the queue, or they would change places.
        await Task.WhenAny(listening);
        var accepted = new Accepted(message, AcceptAsync(listening, kind), new TaskCompletionSource());
        await _accepted.Writer.WriteAsync(accepted);
        if (!kind.AsksBot) return;
        await accepted.Printed.Task;
        if (await TryAsync(line.Id, () => bot.AnswerAsync(message, CancellationToken.None)) is { } answer) await output.AnswerAsync(line.Id, answer);
    }

    private async Task<IntakeReceipt> AcceptAsync(Task<ChatMessage> listening, MessageClass kind) => await runtime.Intake.AcceptAsync(await listening, kind, CancellationToken.None);

    /// <summary>Waits until everything before is acknowledged and printed.</summary>
    private async Task DrainAsync()
    {
        var mark = new Accepted(null, Task.FromResult(new IntakeReceipt(IntakeOutcome.Empty)), new TaskCompletionSource());
        await _accepted.Writer.WriteAsync(mark);
        await mark.Printed.Task;
    }

    private async Task PrintAsync()
    {
        Accepted? last = null;
        try
        {
            await foreach (var accepted in _accepted.Reader.ReadAllAsync())
            {
                last = accepted;
                if (!accepted.Receipt.IsCompleted) await output.FlushAsync();
                var receipt = await TryAsync(accepted.Message?.Id, () => accepted.Receipt);
                if (receipt is not null && accepted.Message is { } message) await output.AcknowledgeAsync(message.Id, receipt);
                if (_accepted.Reader.Count == 0) await output.FlushAsync();
                accepted.Printed.SetResult();
            }
        }
        catch (Exception e)
        {
            // Nobody reads the channel any more, so nobody may wait for room in it or for something to be printed.
            _accepted.Writer.TryComplete(e);
            last?.Printed.TrySetException(new ChannelClosedException(e));
            while (_accepted.Reader.TryRead(out var left)) left.Printed.TrySetException(new ChannelClosedException(e));
            throw;
        }
    }

    /// <summary>Does a part of a line; what goes wrong in it is said, and the next line has its turn. A failing output is not caught: it would fail again.</summary>
    private async Task<T?> TryAsync<T>(string? id, Func<Task<T>> work)
        where T : class?
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            _hasFailed = true;
            await output.ProblemAsync(id, e.Message);
            return null;
        }
    }

    private sealed record Accepted(ChatMessage? Message, Task<IntakeReceipt> Receipt, TaskCompletionSource Printed);
}
