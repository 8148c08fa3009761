using Mnemo.Memories;

namespace Mnemo.Plugin.Commands;

/// <summary>Platforms that a command treats in a way of their own.</summary>
internal static class Platforms
{
    /// <summary>The console, where whoever spoke in a channel can read it.</summary>
    public const string Console = PersonIds.ConsolePlatform;
}
