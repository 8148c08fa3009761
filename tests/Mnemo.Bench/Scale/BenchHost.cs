using Microsoft.Extensions.Hosting;
using Mnemo.Plugin;
using Mnemo.Plugin.Config;

namespace Mnemo.Bench.Scale;

/// <summary>The composition of the executable, over a data directory of a measurement.</summary>
internal static class BenchHost
{
    public static IHost Make(string data, int dimension)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MNEMO_EMBEDDING_DIM"] = dimension.ToString() };
        var result = ConfigFile.Load(null, data, environment, Directory.CreateDirectory(data).FullName);
        return MnemoServices.CreateHost(result.Config ?? throw new ConfigException(result.Problems)).Build();
    }
}
