using System.Reflection;

namespace Mnemo.Plugin.Commands;

/// <summary>The version that status lines and <c>--version</c> show.</summary>
public static class CommandVersion
{
    /// <summary>As in the project file, without the commit behind the plus sign.</summary>
    public static string Text { get; } =
        typeof(CommandVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
