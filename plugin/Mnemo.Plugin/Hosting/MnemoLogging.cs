using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mnemo.Memories;
using Mnemo.Plugin.Config;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Mnemo.Plugin.Hosting;

/// <summary>Logs to <c>logs/mnemo.log</c> under the data directory and, where it is asked for, to standard error.</summary>
public static class MnemoLogging
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>The file that is always the current one.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "logs", "mnemo.log");

    /// <summary>Adds the log file; the host's own providers stay as they are.</summary>
    public static IServiceCollection AddMnemoLogFile(this IServiceCollection services, MnemoConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Add(services, Level(config, "logging.level"), logger => logger.Filter.ByExcluding(IsOfAnotherOwner).WriteTo.Sink(new RollingLog(
            PathIn(config.DataDirectory), config.Whole("logging.file_mib") * Mebibyte, config.Whole("logging.files"), new LogLine())));
    }

    /// <summary>Adds standard error, from the configured level on; standard output belongs to the chat.</summary>
    public static IServiceCollection AddMnemoLogConsole(this IServiceCollection services, MnemoConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        // Notices are said by whoever shows the chat, in better form than a log line; so is why a host did not start.
        return Add(services, Level(config, "logging.console_level"), logger => logger
            .MinimumLevel.Override(typeof(MnemoRuntime).FullName!, LevelAlias.Off).MinimumLevel.Override("Microsoft.Extensions.Hosting", LevelAlias.Off)
            .WriteTo.Sink(new ErrorConsole(new LogLine(hasDetails: false))));
    }

    /// <summary>Names the place that the following lines are about. The channel of a private chat is the person, who may want to be forgotten, so it stays out.</summary>
    public static IDisposable? ForPlace(this Microsoft.Extensions.Logging.ILogger logger, MemoryScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var place = new Dictionary<string, object>(StringComparer.Ordinal) { ["guild"] = scope.Guild };
        if (!scope.IsDirect) place["channel"] = scope.Channel;
        return logger.BeginScope(place);
    }

    /// <summary>Names the command that the following lines are about.</summary>
    public static IDisposable? ForCommand(this Microsoft.Extensions.Logging.ILogger logger, string command) =>
        logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["command"] = command });

    /// <summary>Names the job that the following lines are about.</summary>
    public static IDisposable? ForJob(this Microsoft.Extensions.Logging.ILogger logger, string job) =>
        logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal) { ["job"] = job });

    private static IServiceCollection Add(IServiceCollection services, LogEventLevel level, Func<LoggerConfiguration, LoggerConfiguration> sink)
    {
        // Serilog decides by itself; the host's own filters stay as they are.
        services.AddLogging(logging => logging.AddFilter<SerilogLoggerProvider>(null, LogLevel.Debug));
        return services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(
            sink(new LoggerConfiguration().MinimumLevel.Is(level).MinimumLevel.Override("Microsoft", level > LogEventLevel.Warning ? level : LogEventLevel.Warning))
                .CreateLogger(),
            dispose: true));
    }

    /// <summary>Who may not have the data directory has nothing to write in its log either.</summary>
    private static bool IsOfAnotherOwner(LogEvent logEvent) => logEvent.Exception is DataDirectoryHeldException;

    private static LogEventLevel Level(MnemoConfig config, string key) => Enum.Parse<LogEventLevel>(config.Text(key), ignoreCase: true);

    private sealed class ErrorConsole(LogLine formatter) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            formatter.Format(logEvent, line);
            System.Console.Error.Write(line.ToString());
        }
    }
}
