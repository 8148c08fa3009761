using Mnemo.Memories;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Plugin.Commands;

/// <summary>What somebody may see from where they are: the persona that listens there, and how far the configuration lets recall reach.</summary>
internal static class ConversationReach
{
    /// <summary>The scope to ask from.</summary>
    public static async Task<MemoryScope> OfAsync(MnemoRuntime runtime, MemoryScope scope, CancellationToken cancellation)
    {
        var here = await ConversationSettings.WithPersonaAsync(runtime, scope, cancellation);
        return here with { Reach = new ScopeReach(await ConversationsAsync(runtime, scope, cancellation), anyPersona: !runtime.Config.UsePersonalityFiltering) };
    }

    // A platform that knows who can read a channel says so in the scope. In the console, who spoke somewhere can read it.
    // Of somebody who has opted out nothing is written down, nor where they read along; while there is one, nothing is told elsewhere.
    private static async Task<IReadOnlyList<Conversation>> ConversationsAsync(MnemoRuntime runtime, MemoryScope scope, CancellationToken cancellation)
    {
        if (runtime.Config.UseSessionFiltering || scope.IsDirect) return [];
        if (scope.Platform != Platforms.Console) return scope.Reach.Conversations;
        return await runtime.Privacy.HasAnybodyOptedOutAsync(scope.Platform, cancellation) ? [] : await runtime.Sessions.SharedAsync(scope, cancellation);
    }
}
