using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;

namespace Mnemo.Host;

/// <summary>Writes down what ended a verb, with everything that the one line for the operator leaves out.</summary>
internal static class FailureLog
{
    public static async Task WriteAsync(MnemoConfig config, Exception failure)
    {
        await using var services = new ServiceCollection().AddLogging().AddMnemoLogFile(config).BuildServiceProvider();
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Mnemo.Host").LogError(failure, "The program ended");
    }
}
