using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Mnemo.Memories;
using Mnemo.Plugin.Chat.Console;
using Mnemo.Plugin.Commands;
using Mnemo.Plugin.Config;
using Mnemo.Plugin.Hosting;
using Mnemo.Plugin.Local;
using Mnemo.Localization;

namespace Mnemo.Host;

/// <summary>One run of a verb: its arguments, the checked configuration, the streams, and the wish of the operator to stop.</summary>
internal sealed class VerbCall : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly CancellationTokenSource _stop;
    private readonly List<PosixSignalRegistration> _signals = [];

    private VerbCall(ParseResult parsed, MnemoConfig config, CancellationToken stopping)
    {
        (Parsed, Config, _stop) = (parsed, config, CancellationTokenSource.CreateLinkedTokenSource(stopping));
        Input = new StreamReader(Console.OpenStandardInput(), ConsoleLine.Encoding);
        Output = new StreamWriter(Console.OpenStandardOutput(), Utf8) { NewLine = "\n" };
        Errors = new StreamWriter(Console.OpenStandardError(), Utf8) { NewLine = "\n", AutoFlush = true };
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP]) _signals.Add(PosixSignalRegistration.Create(signal, Stop));
    }

    public ParseResult Parsed { get; }

    public MnemoConfig Config { get; }

    public Strings Strings => Strings.For(Config.Language);

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Errors { get; }

    /// <summary>Where replies are shown.</summary>
    public TerminalOutput Terminal => new(Output, !Console.IsOutputRedirected);

    /// <summary>Cancelled by the first Ctrl-C or SIGTERM; the second one ends the process at once.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether it wants to stop because its terminal was closed, and not because somebody wished so.</summary>
    public bool IsTerminalGone { get; private set; }

    /// <summary>Runs an action with everything it needs; never lets a stack trace out.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, string? configFile, string? dataDirectory, Func<VerbCall, Task<int>> action, CancellationToken stopping)
    {
        var loaded = ConfigFile.Load(configFile, dataDirectory);
        var errors = loaded.Problems.Where(p => p.Severity == Severity.Error).ToList();
        foreach (var problem in loaded.Problems.Where(p => p.Severity > Severity.Note)) await Console.Error.WriteLineAsync(problem.Text);
        if (loaded.Config is not { } config) return ExitCode.Config;
        using var call = new VerbCall(parsed, config, stopping);
        try
        {
            var code = await action(call);
            await call.Output.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (DataDirectoryHeldException e)
        {
            await call.Errors.WriteLineAsync(e.Say(call.Strings));
            return ExitCode.Held;
        }
        catch (BotRefusedException e)
        {
            await call.Errors.WriteLineAsync(call.Strings[$"local.refused.{e.Reason}", config.DataDirectory]);
            return ExitCode.Held;
        }
        catch (BotFailedException e)
        {
            await call.Errors.WriteLineAsync(call.Strings["cli.failed", e.Message, MnemoLogging.PathIn(config.DataDirectory)]);
            return ExitCode.Failure;
        }
        catch (PeerGoneException)
        {
            await call.Errors.WriteLineAsync(call.Strings["local.gone"]);
            return ExitCode.Failure;
        }
        catch (InvalidScopeException e)
        {
            await call.Errors.WriteLineAsync(call.Strings["cli.badscope", e.Message]);
            return ExitCode.Usage;
        }
        catch (ConfigException e)
        {
            await call.Errors.WriteLineAsync(e.Message);
            return ExitCode.Config;
        }
        catch (OperationCanceledException) when (call.Stopping.IsCancellationRequested)
        {
            await call.Errors.WriteLineAsync(call.Strings["cli.interrupted"]);
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var message = ExpectedErrors.Say(e, call.Strings).ReplaceLineEndings(" ");
            var isInLog = await FailureLog.TryWriteAsync(config, e);
            await call.Errors.WriteLineAsync(isInLog ? call.Strings["cli.failed", message, MnemoLogging.PathIn(config.DataDirectory)] : message);
            return ExitCode.Failure;
        }
        finally
        {
            await call.FlushWhatCanBeAsync();
        }
    }

    /// <summary>Completes when the operator wants the program to stop.</summary>
    public Task UntilStoppedAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Stopping.Register(() => stopped.TrySetResult());
        return stopped.Task;
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop.Dispose();
    }

    private async Task FlushWhatCanBeAsync()
    {
        try
        {
            await Output.FlushAsync();
        }
        catch (IOException)
        {
            // The verb has ended because of it, and said so on the error output and by the exit code.
        }
    }

    private void Stop(PosixSignalContext signal)
    {
        if (_stop.IsCancellationRequested) return;
        signal.Cancel = true;
        IsTerminalGone = signal.Signal == PosixSignal.SIGHUP;
        _stop.Cancel();
    }
}
