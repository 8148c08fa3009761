namespace Mnemo.Torture;

/// <summary>A place for data directories that nobody else uses.</summary>
internal static class Scratch
{
    public static string Make() => Directory.CreateTempSubdirectory("mnemo-torture-").FullName;
}
