using Mnemo.Text;

namespace Mnemo.Capture;

/// <summary>What a message is, decided once, on its way in; everybody behind the door goes by it.</summary>
/// <param name="AsksBot">Whether the bot is asked something, and has to answer.</param>
/// <param name="IsOnlyQuestion">Whether it asks the bot and says nothing: it counts as a message, and no memory is made of it.</param>
public sealed record MessageClass(bool AsksBot, bool IsOnlyQuestion)
{
    /// <summary>Classifies a message.</summary>
    public static MessageClass Of(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var asks = message is { IsToBot: true, IsFromBot: false } && Questions.HasQuestion(message.Text);
        return new MessageClass(asks, message is { IsToBot: true, IsPinned: false } && Questions.IsOnlyQuestions(message.Text) && !RawExtractor.AsksToRemember(message.Text));
    }
}
