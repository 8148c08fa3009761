using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Plugin.Local;
using Mnemo.Localization;

namespace Mnemo.Plugin;

/// <summary>Adds Mnemo to a host. This is all that the executable uses too.</summary>
public static class MnemoServices
{
    /// <summary>
    /// Adds a bot's memory with a checked configuration. When the host has started, take <see cref="MnemoRuntime"/>
    /// from its services. A host that keeps words of people somewhere else adds a <see cref="Privacy.ErasureTarget"/>,
    /// so that forgetting reaches it.
    /// </summary>
    public static IServiceCollection AddMnemo(this IServiceCollection services, MnemoConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMnemoLogFile(config);
        services.AddSingleton(config);
        services.AddSingleton(Strings.For(config.Language));
        services.AddSingleton<MnemoStart>();
        services.AddSingleton(provider => provider.GetRequiredService<MnemoStart>().Runtime);
        services.AddHostedService<MnemoService>();
        services.AddSingleton(SetAsideFiles.Target(config.DataDirectory));
        services.AddMnemoCommands();
        services.AddMnemoLocal();
        services.AddHealthChecks()
            .AddCheck<StoreHealth>("store").AddCheck<OutboxHealth>("outbox").AddCheck<DiskHealth>("disk").AddCheck<TextIndexHealth>("text-index");
        return services;
    }

    /// <summary>The same with settings given here.</summary>
    /// <exception cref="ConfigException">A setting is wrong; the message is one line for each, with the remedy.</exception>
    public static IServiceCollection AddMnemo(this IServiceCollection services, Action<MnemoOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MnemoOptions();
        configure(options);
        var result = options.Load();
        return services.AddMnemo(result.Config ?? throw new ConfigException([.. result.Problems.Where(p => p.Severity == Severity.Error)]));
    }

    /// <summary>A host with nothing but Mnemo in it: no settings files or environment of its own, so that it starts fast.</summary>
    public static HostApplicationBuilder CreateHost(MnemoConfig config)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "mnemo" });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddMnemo(config).AddMnemoLogConsole(config);
        return builder;
    }
}

/// <summary>Settings that a host gives in code.</summary>
public sealed class MnemoOptions
{
    /// <summary>Everything that is written lies under this directory; a relative one starts in the working directory.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>A configuration file to read; with one, the environment is read too.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>Settings by dotted key, as <c>recall.token_budget</c>; not used beside a file.</summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal ConfigResult Load() => ConfigFile is { } file
        ? Config.ConfigFile.Load(file, DataDirectory)
        : Config.ConfigFile.FromValues((IReadOnlyDictionary<string, string>)Settings, DataDirectory);
}
