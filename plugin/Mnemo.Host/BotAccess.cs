using System.Diagnostics;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Hosting;
using Mnemo.Plugin.Local;

namespace Mnemo.Host;

/// <summary>
/// Gives a verb the bot that owns the data directory: the one that runs already, over its socket, or one in this
/// process. Between the two a bot may just start or end, so they are tried in turn for a while.
/// </summary>
internal static class BotAccess
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Who asks.</summary>
    /// <exception cref="Memories.InvalidScopeException">The name or the channel cannot be one.</exception>
    public static ShellCaller Caller(VerbCall call, string? name = null, string? channel = null)
    {
        _ = new ConsoleIdentity(name, channel, call.Config, TimeProvider.System);
        return new ShellCaller(Environment.UserName, call.Strings.Language, name, channel);
    }

    /// <summary>Runs a verb, once, to its last line.</summary>
    public static async Task<int> RunAsync(VerbCall call, Func<IBotOperations, Task<int>> verb)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await BotClient.TryConnectAsync(call.Config.DataDirectory, call.Errors.WriteLineAsync, TimeProvider.System, call.Stopping) is { } running)
                {
                    running.IsShellGone = () => call.IsTerminalGone;
                    await using (running) return await verb(running);
                }

                return await RunHereAsync(call, verb);
            }
            catch (Exception e) when (e is NothingBegunException or DataDirectoryHeldException && waited.Elapsed < LongestWait)
            {
                await Task.Delay(Pause, TimeProvider.System, call.Stopping);
            }
            catch (NothingBegunException)
            {
                throw new BotRefusedException(RefusalReason.Silent);
            }
        }
    }

    private static async Task<int> RunHereAsync(VerbCall call, Func<IBotOperations, Task<int>> verb)
    {
        await using var bot = await RunningBot.StartAsync(call);
        var code = await verb(bot.OperationsFor(call));
        await call.Output.FlushAsync();
        await bot.UntilNobodyAsksAsync(call);
        return code;
    }
}
