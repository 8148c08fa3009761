using Microsoft.Extensions.Logging;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Recall;

namespace Mnemo.Plugin.Chat;

/// <summary>
/// Takes part in a conversation on any platform: keeps what is said, and answers from memory when it is spoken to and
/// asked something. Small talk is listened to, not answered.
/// </summary>
public sealed class ChatResponder(MnemoRuntime runtime, LastAnswers answers, ILogger<ChatResponder> logger)
{
    /// <summary>Handles a message: accepts it and, when the bot is asked, answers.</summary>
    public async Task<ChatTurn> HandleAsync(ChatMessage message, CancellationToken cancellation)
    {
        var kind = MessageClass.Of(message);
        var receipt = await AcceptAsync(message, kind, cancellation);
        return new ChatTurn(receipt, !receipt.IsRefused && kind.AsksBot ? await AnswerAsync(message, cancellation) : null);
    }

    /// <summary>Keeps a message; durable when the task completes.</summary>
    public async Task<IntakeReceipt> AcceptAsync(ChatMessage message, MessageClass kind, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var place = logger.ForPlace(message.Scope);
        return await runtime.Intake.AcceptAsync(await ListenAsync(message, cancellation), kind, cancellation);
    }

    /// <summary>The message as the persona of the place would keep it.</summary>
    public async Task<ChatMessage> ListenAsync(ChatMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message with { Scope = await ConversationSettings.WithPersonaAsync(runtime, message.Scope, cancellation) };
    }

    /// <summary>Answers a question from what is remembered, everything said before it included if it can be stored; null where the bot does not speak.</summary>
    public async Task<ChatAnswer?> AnswerAsync(ChatMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var place = logger.ForPlace(message.Scope);
        try
        {
            return await RecallAsync(message, cancellation);
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            logger.LogError(e, "A question could not be answered");
            throw;
        }
    }

    private async Task<ChatAnswer?> RecallAsync(ChatMessage message, CancellationToken cancellation)
    {
        if (!await runtime.Channels.ListensAsync(message.Scope.Conversation, cancellation)) return null;
        await runtime.TryDrainAsync(cancellation);
        var scope = await ConversationReach.OfAsync(runtime, message.Scope, cancellation);
        var query = new RecallQuery(scope, message.Speaker, message.Text) { Top = runtime.Config.TopK, AskedAt = message.At };
        var result = await runtime.Recaller.RecallAsync(query, cancellation);
        var pick = MemoryAnswer.Pick(query, result, runtime.RecallOptions);
        answers.Keep(LastAnswer.Of(query, result, pick));
        var strings = await ConversationSettings.StringsAsync(runtime, scope.Conversation, message.Text, cancellation);
        if (pick is null) return new ChatAnswer(strings[result.IsStoreAway ? "chat.away" : "chat.unknown"], []);
        IReadOnlyList<Memory> told = [pick.Memory, .. pick.Others];
        var quotes = string.Join(' ', told.Select(m => Quote(m, message.Speaker, strings)));
        return new ChatAnswer(result.IsStoreAway ? $"{quotes} {strings["chat.away.partly"]}" : quotes, told);
    }

    /// <summary>Who said it, when, and the words themselves.</summary>
    private string Quote(Memory memory, Speaker asker, Strings strings)
    {
        var date = MemoryLines.Date(memory.At, runtime.Clock);
        return memory.Speaker.Id == asker.Id ? strings["chat.you", date, memory.Text] : strings["chat.other", date, memory.Speaker.Name, memory.Text];
    }
}

/// <summary>What became of a message.</summary>
/// <param name="Receipt">Whether it was kept.</param>
/// <param name="Answer">What to say; null when nothing is to be said.</param>
public sealed record ChatTurn(IntakeReceipt Receipt, ChatAnswer? Answer);

/// <summary>An answer.</summary>
/// <param name="Text">What to say.</param>
/// <param name="Sources">The memories it was made from; none when the bot does not know.</param>
public sealed record ChatAnswer(string Text, IReadOnlyList<Memory> Sources);
