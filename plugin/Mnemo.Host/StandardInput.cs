namespace Mnemo.Host;

/// <summary>What standard input is connected to.</summary>
internal static class StandardInput
{
    /// <summary>Somebody sits at a terminal and sees what is answered.</summary>
    public static bool IsTerminal => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>
    /// Nobody will ever type: a service manager connected it to the null device. Its end of input then means nothing,
    /// while the end of a pipe means that whoever feeds the bot has finished.
    /// </summary>
    public static bool IsNothing => OperatingSystem.IsLinux() && Console.IsInputRedirected
        && File.ResolveLinkTarget("/proc/self/fd/0", returnFinalTarget: false)?.FullName is "/dev/null";
}
