namespace Mnemo.Bench.Processes;

/// <summary>The checkout that this program was built from.</summary>
internal static class Repository
{
    public static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "MnemoPlugin.sln"))) return at.FullName;
        }

        throw new InvalidOperationException("MnemoPlugin.sln is in no directory above this program: run it from its checkout.");
    }
}
