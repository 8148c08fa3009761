using System.Globalization;
using System.Security.Cryptography;
using Mnemo.Capture;
using Mnemo.Memories;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>
/// Who sits at the console and where they talk. Whoever can start the program owns the data directory, so without a
/// name they are the operator and may use every command; with <c>--as NAME</c> they act as that person and have that
/// person's rights: an admin's only when the configuration lists the name under <c>admins</c>.
/// </summary>
public sealed class ConsoleIdentity
{
    /// <summary>The platform of every console scope.</summary>
    public const string Platform = Platforms.Console;

    private const int NonceDigits = 12;

    private readonly TimeProvider _clock;
    private readonly string _session;
    private long _messages;

    /// <param name="name">Who speaks; null for the operator.</param>
    /// <param name="channel">Where; null for a private chat.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="nonce">Tells sessions apart that start in the same millisecond; null for a random one.</param>
    /// <param name="account">The name of the account that speaks without another name; null for that of this process.</param>
    /// <exception cref="InvalidScopeException">The name or the channel cannot be one.</exception>
    public ConsoleIdentity(string? name, string? channel, MnemoConfig config, TimeProvider clock, string? nonce = null, string? account = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _session = string.Create(CultureInfo.InvariantCulture, $"c{clock.GetUtcNow().ToUnixTimeMilliseconds()}-{nonce ?? RandomNumberGenerator.GetHexString(NonceDigits, lowercase: true)}");
        var shown = name ?? ((account ?? Environment.UserName) is { Length: > 0 } user ? user : "operator");
        var id = PersonIds.Of(Platform, shown);
        var scope = channel is null
            ? new MemoryScope(Platform, MemoryScope.Direct, "@" + id, id, persona: config.Persona)
            : new MemoryScope(Platform, Platform, channel.Trim().TrimStart('#').ToLowerInvariant(), id, persona: config.Persona);
        Caller = new CommandCaller(scope, new Speaker(id, shown.Trim()), name is null || config.Admins.Contains(id, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The person, the place and the rights.</summary>
    public CommandCaller Caller { get; }

    /// <summary>An id that no other message of a console has: the start of this session, what tells it from others of that moment, and a count.</summary>
    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"{_session}-{++_messages}");

    /// <summary>What was typed as a message. Everything in a private chat, and every question, is meant for the bot.</summary>
    public ChatMessage Message(ConsoleLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var isToBot = Caller.Scope.IsDirect || Text.Questions.HasQuestion(line.Text);
        return new ChatMessage(line.Id, Caller.Scope, Caller.Speaker, line.Text, line.At ?? _clock.GetUtcNow()) { IsToBot = isToBot };
    }
}
