using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Host;

/// <summary>Writes down what ended a verb, with everything that the one line for the operator leaves out.</summary>
internal static class FailureLog
{
    /// <summary>Writes it, unless the data directory and its log belong to a bot that runs; tells whether it did.</summary>
    public static async Task<bool> TryWriteAsync(MnemoConfig config, Exception failure)
    {
        try
        {
            using var owned = DataDirectoryLock.Take(config.DataDirectory);
            await using var services = new ServiceCollection().AddLogging().AddMnemoLogFile(config).BuildServiceProvider();
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Mnemo.Host").LogError(failure, "The program ended");
            return true;
        }
        catch (Exception e) when (e is DataDirectoryHeldException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
