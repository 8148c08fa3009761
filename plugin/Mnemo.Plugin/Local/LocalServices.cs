using Microsoft.Extensions.DependencyInjection;

namespace Mnemo.Plugin.Local;

/// <summary>Adds what lets a shell ask the running bot.</summary>
internal static class LocalServices
{
    /// <summary>Adds <see cref="LocalServer"/>, which starts and stops with the host.</summary>
    public static IServiceCollection AddMnemoLocal(this IServiceCollection services)
    {
        services.AddSingleton<LocalServer>();
        return services.AddHostedService(provider => provider.GetRequiredService<LocalServer>());
    }

    /// <summary>What the bot of this host does for a shell.</summary>
    public static BotOperations OperationsFor(this IServiceProvider services, Func<string, Task> notice) => ActivatorUtilities.CreateInstance<BotOperations>(services, notice);
}
