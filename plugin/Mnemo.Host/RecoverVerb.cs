using System.CommandLine;
using Mnemo.Localization;
using Mnemo.Plugin.Recovery;

namespace Mnemo.Host;

/// <summary><c>mnemo recover</c>: what to do when a data directory does not start any more.</summary>
internal static class RecoverVerb
{
    public static Command Make(CommonOptions common, Strings strings)
    {
        var confirm = new Option<bool>("--confirm") { Description = strings["cli.recover.confirm"] };
        var emptyStore = new Option<bool>("--empty-store") { Description = strings["cli.recover.emptystore"] };
        var accept = new Option<bool>("--accept") { Description = strings["cli.recover.accept"] };
        var optIn = new Option<string[]>("--opt-in") { Description = strings["cli.recover.optin"], HelpName = "all|NAME", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };
        var recover = new Command("recover", strings["cli.recover"]) { confirm, emptyStore, accept, optIn };
        common.Run(recover, async call =>
        {
            var options = new RecoveryOptions(call.Parsed.GetValue(confirm), call.Parsed.GetValue(emptyStore), call.Parsed.GetValue(optIn) is { Length: > 0 } names ? names : null) { Accept = call.Parsed.GetValue(accept) };
            var reply = await RecoverCommand.RunAsync(call.Config, options, TimeProvider.System, call.Stopping);
            await call.Terminal.ShowAsync(reply);
            return reply.IsSuccess ? ExitCode.Ok : ExitCode.Failure;
        });
        return recover;
    }
}
