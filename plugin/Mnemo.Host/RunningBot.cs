using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mnemo.Plugin;
using Mnemo.Plugin.Chat;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Hosting;
using Mnemo.Plugin.Local;

namespace Mnemo.Host;

/// <summary>The bot, started; stopping it stores what waits.</summary>
internal sealed class RunningBot : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningBot(IHost host) => _host = host;

    public MnemoRuntime Runtime => _host.Services.GetRequiredService<MnemoRuntime>();

    public CommandRunner Commands => _host.Services.GetRequiredService<CommandRunner>();

    public ChatResponder ChatResponder => _host.Services.GetRequiredService<ChatResponder>();

    /// <summary>What it does for a verb.</summary>
    public BotOperations OperationsFor(VerbCall call) => _host.Services.OperationsFor(call.Errors.WriteLineAsync);

    /// <summary>Opens the data directory and says what the operator should know.</summary>
    public static async Task<RunningBot> StartAsync(VerbCall call)
    {
        var builder = MnemoServices.CreateHost(call.Config);
        var bot = new RunningBot(builder.Build());
        try
        {
            await bot._host.StartAsync(call.Stopping);
            // A verb that cannot work says so before it begins.
            await bot.Runtime.Stores.Opened.WaitAsync(call.Stopping);
            foreach (var notice in bot.Runtime.Notices.Lines) await call.Errors.WriteLineAsync(notice);
            return bot;
        }
        catch
        {
            await bot.DisposeAsync();
            throw;
        }
    }

    /// <summary>While this process owns the data directory, other shells ask it; what they have begun is finished, unless the operator wants to stop.</summary>
    public async Task UntilNobodyAsksAsync(VerbCall call)
    {
        var server = _host.Services.GetRequiredService<LocalServer>();
        if (server.Requests == 0) return;
        await call.Errors.WriteLineAsync(call.Strings["local.guests"]);
        await server.IdleAsync(call.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}
