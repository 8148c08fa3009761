namespace Mnemo.Memories;

/// <summary>The fields of a memory that are text.</summary>
public enum TextField
{
    /// <summary>The scope's platform.</summary>
    Platform,

    /// <summary>The scope's guild.</summary>
    Guild,

    /// <summary>The scope's channel.</summary>
    Channel,

    /// <summary>The scope's thread; empty outside threads.</summary>
    Thread,

    /// <summary>The scope's subject.</summary>
    Subject,

    /// <summary>The scope's persona.</summary>
    Persona,

    /// <summary>The speaker's id.</summary>
    Speaker,

    /// <summary>The session.</summary>
    Session,

    /// <summary>The kind's name.</summary>
    Kind,

    /// <summary>The text itself.</summary>
    Text,
}

/// <summary>The fields of a memory that are whole numbers; times are Unix milliseconds.</summary>
public enum NumberField
{
    /// <summary>The id.</summary>
    Id,

    /// <summary>When it was said, else when it was stored.</summary>
    At,

    /// <summary>When it was stored.</summary>
    RecordedAt,

    /// <summary>When it stopped being true; never matches while it holds.</summary>
    ValidTo,
}

/// <summary>
/// What to ask a store for: a closed tree, never a dialect string. <see cref="Matches"/> is the reference semantics
/// that every backend's translation is tested against. Text compares ordinally, letter by letter.
/// </summary>
public abstract record MemoryFilter
{
    private MemoryFilter()
    {
    }

    /// <summary>Matches every memory.</summary>
    public static MemoryFilter Everything { get; } = new AllOf([]);

    /// <summary>Matches no memory.</summary>
    public static MemoryFilter Nothing { get; } = new AnyOf([]);

    /// <summary>Whether a memory passes.</summary>
    public abstract bool Matches(Memory memory);

    /// <summary>All of the parts; none given matches everything.</summary>
    public static MemoryFilter And(params IReadOnlyList<MemoryFilter> parts) => parts is [var only] ? only : new AllOf(parts);

    /// <summary>Any of the parts; none given matches nothing.</summary>
    public static MemoryFilter Or(params IReadOnlyList<MemoryFilter> parts) => parts is [var only] ? only : new AnyOf(parts);

    /// <summary>The opposite.</summary>
    public static MemoryFilter Not(MemoryFilter part) => new Negation(part);

    /// <summary>The field is exactly this text.</summary>
    public static MemoryFilter Equal(TextField field, string value) => new TextIn(field, [value]);

    /// <summary>The field is one of these texts; none given matches nothing.</summary>
    public static MemoryFilter In(TextField field, IReadOnlyList<string> values) => new TextIn(field, values);

    /// <summary>The id is one of these; none given matches nothing.</summary>
    public static MemoryFilter Ids(IReadOnlyList<MemoryId> ids) => new IdIn(ids);

    /// <summary>The number lies between the two, both included; null leaves that side open.</summary>
    public static MemoryFilter Range(NumberField field, long? min, long? max) => new NumberRange(field, min, max);

    /// <summary>The text holds this piece, compared ordinally.</summary>
    public static MemoryFilter Contains(string piece) => new TextContains(piece);

    /// <summary>Every part must pass.</summary>
    public sealed record AllOf(IReadOnlyList<MemoryFilter> Parts) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => Parts.All(p => p.Matches(memory));
    }

    /// <summary>One part must pass.</summary>
    public sealed record AnyOf(IReadOnlyList<MemoryFilter> Parts) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => Parts.Any(p => p.Matches(memory));
    }

    /// <summary>The part must not pass.</summary>
    public sealed record Negation(MemoryFilter Part) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => !Part.Matches(memory);
    }

    /// <summary>The field equals one of the values.</summary>
    public sealed record TextIn(TextField Field, IReadOnlyList<string> Values) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => Values.Contains(Read(memory, Field), StringComparer.Ordinal);
    }

    /// <summary>The id is one of the values.</summary>
    public sealed record IdIn(IReadOnlyList<MemoryId> Values) : MemoryFilter
    {
        private readonly HashSet<MemoryId> _set = [.. Values];

        /// <inheritdoc />
        public override bool Matches(Memory memory) => _set.Contains(memory.Id);
    }

    /// <summary>The number lies in the closed range.</summary>
    public sealed record NumberRange(NumberField Field, long? Min, long? Max) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => Read(memory, Field) is { } value && value >= (Min ?? long.MinValue) && value <= (Max ?? long.MaxValue);
    }

    /// <summary>The text holds the piece.</summary>
    public sealed record TextContains(string Piece) : MemoryFilter
    {
        /// <inheritdoc />
        public override bool Matches(Memory memory) => memory.Text.Contains(Piece, StringComparison.Ordinal);
    }

    /// <summary>The value of a text field, as filters see it.</summary>
    public static string Read(Memory memory, TextField field) => field switch
    {
        TextField.Platform => memory.Scope.Platform,
        TextField.Guild => memory.Scope.Guild,
        TextField.Channel => memory.Scope.Channel,
        TextField.Thread => memory.Scope.Thread,
        TextField.Subject => memory.Scope.Subject,
        TextField.Persona => memory.Scope.Persona,
        TextField.Speaker => memory.Speaker.Id,
        TextField.Session => memory.Session,
        TextField.Kind => memory.Kind.ToString(),
        TextField.Text => memory.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>The value of a number field, as filters see it; null where the memory has none.</summary>
    public static long? Read(Memory memory, NumberField field) => field switch
    {
        NumberField.Id => memory.Id.Value,
        NumberField.At => memory.At.ToUnixTimeMilliseconds(),
        NumberField.RecordedAt => memory.RecordedAt.ToUnixTimeMilliseconds(),
        NumberField.ValidTo => memory.ValidTo?.ToUnixTimeMilliseconds(),
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
