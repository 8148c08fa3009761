using Mnemo.Privacy;
using Mnemo.State;

namespace Mnemo.Plugin.Hosting;

/// <summary>
/// The damaged files that a recovery has set aside. Nobody can find one person's words in them and take out only those,
/// so they go with the next forgetting as a whole.
/// </summary>
internal static class SetAsideFiles
{
    public static ErasureTarget Target(string dataDirectory) => new("set_aside", (_, _) => Task.FromResult(Erase(dataDirectory)), (_, _) => Task.FromResult(Count(dataDirectory)));

    private static long Count(string dataDirectory) => Files(dataDirectory).LongLength;

    private static long Erase(string dataDirectory)
    {
        var files = Count(dataDirectory);
        if (files > 0) Directory.Delete(PathIn(dataDirectory), recursive: true);
        return files;
    }

    private static string[] Files(string dataDirectory) => Directory.Exists(PathIn(dataDirectory)) ? Directory.GetFiles(PathIn(dataDirectory), "*", SearchOption.AllDirectories) : [];

    private static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, ControlRecovery.AsideDirectory);
}
