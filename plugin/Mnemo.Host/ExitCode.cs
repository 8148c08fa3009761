namespace Mnemo.Host;

/// <summary>The exit codes that scripts depend on.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Held = 2;
    public const int Usage = 64;
    public const int Config = 78;
}
