using Mnemo.Memories;

namespace Mnemo.Privacy;

/// <summary>A person, as one platform knows them.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="UserId">The platform's user id, however it was written.</param>
public sealed record PersonKey(string Platform, string UserId)
{
    private readonly string _written = UserId;

    /// <summary>The platform's user id, in the one form that <see cref="PersonIds"/> gives it.</summary>
    public string UserId { get; } = PersonIds.Of(Platform, UserId);

    /// <summary>
    /// Everything that they said, wherever on the platform. What others said of them is the others'. Earlier versions
    /// stored names of the console as they were written; the usual ways to write this one are found too.
    /// </summary>
    public MemoryFilter Said => SaidAs(Spellings);

    /// <summary>Everything that was said by whoever is written so.</summary>
    public MemoryFilter SaidAs(IReadOnlyList<string> spellings)
        => MemoryFilter.And(MemoryFilter.Equal(TextField.Platform, Platform), MemoryFilter.In(TextField.Speaker, spellings));

    /// <summary>All the ways in which the name is likely to be written.</summary>
    public IReadOnlyList<string> Spellings => PersonIds.Spellings(Platform, _written);

    /// <summary>Whether they said it, in whatever way their name was written.</summary>
    public bool IsSpeakerOf(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return memory.Scope.Platform == Platform && PersonIds.Of(Platform, memory.Speaker.Id) == UserId;
    }

    /// <inheritdoc />
    public bool Equals(PersonKey? other) => other is not null && Platform == other.Platform && UserId == other.UserId;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Platform, UserId);
}
