using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Mnemo.Plugin.Chat;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Config;
using Mnemo.Privacy;

namespace Mnemo.Plugin;

/// <summary>Adds the commands and the conversation, which every surface shares.</summary>
public static class CommandServices
{
    /// <summary>Adds <see cref="CommandRunner"/> and <see cref="ChatResponder"/>; both work once the host has started.</summary>
    public static IServiceCollection AddMnemoCommands(this IServiceCollection services)
    {
        services.TryAddSingleton<LastAnswers>();
        services.TryAddSingleton<Confirmations>();
        services.TryAddSingleton<CommandContext>();
        services.TryAddSingleton<CommandRunner>();
        services.TryAddSingleton<ChatResponder>();
        services.AddSingleton(provider => Answers(provider.GetRequiredService<LastAnswers>()));
        services.AddSingleton(provider => ConsoleHistory.Place(provider.GetRequiredService<MnemoConfig>().DataDirectory));
        return services;
    }

    private static ErasureTarget Answers(LastAnswers answers) => new("answers",
        (who, _) => Task.FromResult(answers.Forget(who.Platform, who.UserId)), (who, _) => Task.FromResult(answers.Count(who.Platform, who.UserId)));
}
