using Mnemo.Memories;

namespace Mnemo.Indexing;

/// <summary>What a scope may see, in the index's own terms: places, and the subject's words anywhere in the guild.</summary>
internal sealed class ScopeTokens
{
    private readonly HashSet<long> _places = [];
    private readonly List<string> _ownTokens = [];
    private readonly MemoryScope _scope;

    public ScopeTokens(MemoryScope scope, IReadOnlyList<string> personas)
    {
        _scope = scope;
        foreach (var persona in personas)
        {
            Add(scope.Channel, scope.Thread, persona);
            if (scope.IsDirect) continue;
            _ownTokens.Add(TextIndexKeys.SpeakerToken(scope.Platform, scope.Guild, scope.Subject, persona));
            foreach (var conversation in scope.Reach.Conversations) Add(conversation.Channel, conversation.Thread, persona);
        }

        Personas = personas;
    }

    public IReadOnlyList<string> Personas { get; }

    public IEnumerable<string> PlaceTokens => _places.Select(TextIndexKeys.PlaceToken);

    /// <summary>The FTS expression that lets through what may be seen.</summary>
    public string Match => AnyOf([.. PlaceTokens, .. _ownTokens]);

    public bool HoldsPlace(long place) => _places.Contains(place);

    /// <summary>The FTS expression for what that speaker said, of what may be seen.</summary>
    public string MatchSaidBy(string speakerId)
    {
        var said = AnyOf([.. Personas.Select(p => TextIndexKeys.SpeakerToken(_scope.Platform, _scope.Guild, speakerId, p))]);
        return !_scope.IsDirect && speakerId == _scope.Subject ? said : $"{Match} AND {said}";
    }

    private void Add(string channel, string thread, string persona) =>
        _places.Add(TextIndexKeys.Place(_scope.Platform, _scope.Guild, channel, thread, persona));

    private static string AnyOf(IReadOnlyList<string> tokens) => $"({string.Join(" OR ", tokens.Select(t => $"\"{t}\""))})";
}
