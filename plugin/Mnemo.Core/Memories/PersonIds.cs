namespace Mnemo.Memories;

/// <summary>
/// How people are told apart. On the console a person is the name that was typed, whatever its case and the blanks
/// around it; everywhere else it is the id that the platform gave, letter by letter.
/// </summary>
public static class PersonIds
{
    /// <summary>The platform of everybody at the console.</summary>
    public const string ConsolePlatform = "console";

    /// <summary>The one form of an id under which its person is kept, recalled and forgotten.</summary>
    public static string Of(string platform, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return platform == ConsolePlatform ? id.Trim().ToLowerInvariant() : id;
    }

    /// <summary>The scope with its person in that form; a private chat of the console is named after the person.</summary>
    /// <exception cref="InvalidScopeException">Nothing is left of the name.</exception>
    public static MemoryScope Of(MemoryScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.Platform != ConsolePlatform) return scope;
        var channel = scope.IsDirect ? Of(scope.Platform, scope.Channel) : scope.Channel;
        return new MemoryScope(scope.Platform, scope.Guild, channel, Of(scope.Platform, scope.Subject), scope.Thread, scope.Persona) { Reach = scope.Reach };
    }

    /// <summary>
    /// The form, and those that people are most likely to have written instead, for finding what earlier versions
    /// stored as it was written.
    /// </summary>
    public static IReadOnlyList<string> Spellings(string platform, string id)
    {
        var form = Of(platform, id);
        if (platform != ConsolePlatform || form.Length == 0) return [form];
        return [.. new[] { form, id, form.ToUpperInvariant(), char.ToUpperInvariant(form[0]) + form[1..] }.Distinct(StringComparer.Ordinal)];
    }
}
