using Mnemo.Memories;

namespace Mnemo.Transfer;

/// <summary>What a line must be, besides well-formed, to come in at the door.</summary>
internal static class ImportRules
{
    /// <summary>The memory with its person in the one form under which they can be found again.</summary>
    /// <exception cref="FormatException">It cannot come in. The reason names the field and holds no text of it.</exception>
    public static Memory Apply(Memory memory)
    {
        if (PortableRecord.Flaw(memory) is { } flaw) throw new FormatException(flaw);
        if (memory.Importance is not (>= 0 and <= 1)) throw new FormatException("'importance' must be a number from 0 to 1");
        CheckTime("spoken_at", memory.SpokenAt);
        CheckTime("recorded_at", memory.RecordedAt);
        if (string.IsNullOrWhiteSpace(memory.Speaker.Id)) throw new FormatException("'speaker.id' is blank; whoever said it could never have it forgotten");
        return WithPerson(memory);
    }

    private static void CheckTime(string field, DateTimeOffset? time)
    {
        if (time > PortableRecord.LatestTime) throw new FormatException($"'{field}' lies after the year {PortableRecord.LatestTime.Year}; nothing was said then");
    }

    private static Memory WithPerson(Memory memory)
    {
        var (platform, id) = (memory.Scope.Platform, memory.Speaker.Id);
        if (platform != PersonIds.ConsolePlatform) return memory;
        try
        {
            var person = PersonIds.Of(platform, id);
            // At the console a person is asked for by a name that is a part of a scope, so another one could not be reached.
            _ = new MemoryScope(platform, MemoryScope.Direct, "@" + person, person);
            return memory with { Scope = PersonIds.Of(memory.Scope), Speaker = memory.Speaker with { Id = person } };
        }
        catch (InvalidScopeException e)
        {
            throw new FormatException($"'speaker.id' cannot be a name at the console: {e.Message}", e);
        }
    }
}
