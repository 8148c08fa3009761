using System.Buffers;
using System.Text.Json;

namespace Mnemo.Memories;

/// <summary>
/// A place and a person: where something was said and by whom, or where it is asked for and by whom. Stored with
/// every memory, and a required argument of every store call that can answer with text. It fails closed: a part
/// that is blank, a wildcard or an operator is refused here, so no store ever has to guess what it means.
/// </summary>
/// <remarks>
/// Who sees what: in a direct chat, that chat only; in a channel or thread, the same conversation, and one's own
/// words from any channel of the guild; with <see cref="Reach"/> also the conversations it lists. Another guild,
/// platform or persona is never seen (persona only while <see cref="ScopeReach.AnyPersona"/> is off).
/// </remarks>
public sealed record MemoryScope
{
    /// <summary>The guild of every direct chat: the channel alone says whose it is.</summary>
    public const string Direct = "@direct";

    /// <summary>The persona of a bot that has only one.</summary>
    public const string DefaultPersona = "default";

    private const int MaxPartLength = 200;
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*%?_. ");
    private static readonly SearchValues<char> Separators = SearchValues.Create(@":/\");

    /// <summary>Checks every part.</summary>
    /// <exception cref="InvalidScopeException">A part is blank, too long, a wildcard, an operator or unprintable.</exception>
    public MemoryScope(string platform, string guild, string channel, string subject, string thread = "", string persona = DefaultPersona)
    {
        Platform = Checked(platform, nameof(platform));
        Guild = Checked(guild, nameof(guild));
        Channel = Checked(channel, nameof(channel));
        Subject = Checked(subject, nameof(subject));
        Thread = thread is "" ? "" : Checked(thread, nameof(thread));
        Persona = Checked(persona, nameof(persona));
    }

    /// <summary>The chat network: <c>console</c>, <c>discord</c>, ….</summary>
    public string Platform { get; }

    /// <summary>The community, or <see cref="Direct"/>.</summary>
    public string Guild { get; }

    /// <summary>The channel, or the direct chat.</summary>
    public string Channel { get; }

    /// <summary>The user whom it is about (stored) or who asks (in a call).</summary>
    public string Subject { get; }

    /// <summary>The thread below the channel; empty outside threads.</summary>
    public string Thread { get; }

    /// <summary>The personality of the bot that listened.</summary>
    public string Persona { get; }

    /// <summary>What may be seen beyond the conversation. Part of a question, never of a stored memory.</summary>
    public ScopeReach Reach { get; init; } = ScopeReach.Conversation;

    /// <summary>True in a direct chat.</summary>
    public bool IsDirect => Guild == Direct;

    /// <summary>
    /// The conversation as people see it: <c>platform:guild:channel[/thread]</c>. A colon, a slash or a backslash inside
    /// a part has a backslash before it, so that two conversations never share a name.
    /// </summary>
    public string Conversation => Thread.Length == 0
        ? $"{Marked(Platform)}:{Marked(Guild)}:{Marked(Channel)}"
        : $"{Marked(Platform)}:{Marked(Guild)}:{Marked(Channel)}/{Marked(Thread)}";

    /// <summary>Whether somebody asking from this scope may read <paramref name="memory"/>. The reference semantics.</summary>
    public bool Sees(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Visible().Matches(memory);
    }

    /// <summary>The same rule as a filter, for a backend that can evaluate filters near the data.</summary>
    public MemoryFilter Visible()
    {
        var here = MemoryFilter.And(MemoryFilter.Equal(TextField.Channel, Channel), MemoryFilter.Equal(TextField.Thread, Thread));
        List<MemoryFilter> places = [here];
        if (!IsDirect)
        {
            places.Add(MemoryFilter.Equal(TextField.Speaker, Subject));
            places.AddRange(Reach.Conversations.Select(c => MemoryFilter.And(
                MemoryFilter.Equal(TextField.Channel, c.Channel), MemoryFilter.Equal(TextField.Thread, c.Thread))));
        }

        List<MemoryFilter> all = [MemoryFilter.Equal(TextField.Platform, Platform), MemoryFilter.Equal(TextField.Guild, Guild)];
        if (!Reach.AnyPersona) all.Add(MemoryFilter.Equal(TextField.Persona, Persona));
        all.Add(MemoryFilter.Or([.. places]));
        return MemoryFilter.And([.. all]);
    }

    /// <summary>Reads the JSON object form; anything but an object of well-formed strings is refused.</summary>
    /// <returns>Null with the reason in <paramref name="problem"/> when it is not a scope.</returns>
    public static MemoryScope? TryRead(JsonElement json, out string problem)
    {
        try
        {
            if (json.ValueKind != JsonValueKind.Object) throw new InvalidScopeException($"a scope is an object of strings, not {json.ValueKind}");
            problem = "";
            return new MemoryScope(Part(json, "platform"), Part(json, "guild"), Part(json, "channel"), Part(json, "subject"),
                Part(json, "thread", ""), Part(json, "persona", DefaultPersona));
        }
        catch (InvalidScopeException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static string Marked(string part) => part.AsSpan().IndexOfAny(Separators) < 0
        ? part
        : string.Concat(part.Select(letter => Separators.Contains(letter) ? $"\\{letter}" : letter.ToString()));

    private static string Part(JsonElement json, string name, string? absent = null)
    {
        if (!json.TryGetProperty(name, out var value)) return absent ?? throw new InvalidScopeException($"the scope lacks '{name}'");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InvalidScopeException($"'{name}' must be a string, not {value.ValueKind}");
    }

    private static string Checked(string? part, string name)
    {
        if (string.IsNullOrWhiteSpace(part)) throw new InvalidScopeException($"the scope's {name} is empty");
        if (part.Length > MaxPartLength) throw new InvalidScopeException($"the scope's {name} is longer than {MaxPartLength} characters");
        if (part.Any(char.IsControl)) throw new InvalidScopeException($"the scope's {name} holds control characters");
        if (part.AsSpan().IndexOfAnyExcept(Wildcards) < 0) throw new InvalidScopeException($"the scope's {name} is a wildcard");
        if (part[0] is '$' or '{' or '[' || part is "null" or "undefined") throw new InvalidScopeException($"the scope's {name} looks like an operator");
        return part;
    }
}

/// <summary>One conversation of a guild.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Thread">The thread; empty for the channel itself.</param>
public sealed record Conversation(string Channel, string Thread = "");

/// <summary>What a question may reach beyond its own conversation. Compares by value.</summary>
public sealed class ScopeReach : IEquatable<ScopeReach>
{
    /// <summary>Nothing more: the default.</summary>
    public static ScopeReach Conversation { get; } = new([], anyPersona: false);

    /// <summary>Names the further conversations of the same guild that the whole present audience may read.</summary>
    public ScopeReach(IEnumerable<Conversation> conversations, bool anyPersona)
    {
        Conversations = [.. conversations.Distinct().OrderBy(c => c.Channel, StringComparer.Ordinal).ThenBy(c => c.Thread, StringComparer.Ordinal)];
        AnyPersona = anyPersona;
    }

    /// <summary>The further conversations, in ordinal order.</summary>
    public IReadOnlyList<Conversation> Conversations { get; }

    /// <summary>True when the bot's personas share their memory.</summary>
    public bool AnyPersona { get; }

    /// <inheritdoc />
    public bool Equals(ScopeReach? other) => other is not null && AnyPersona == other.AnyPersona && Conversations.SequenceEqual(other.Conversations);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ScopeReach);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(AnyPersona, Conversations.Count);
}

/// <summary>A scope that would have to be guessed. Its message is meant for people.</summary>
public sealed class InvalidScopeException(string message) : ArgumentException(message);
