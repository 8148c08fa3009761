using Mnemo.Plugin.Config;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>Reads the configuration again and says what is wrong with it, without touching the running one.</summary>
internal static class ConfigCommand
{
    public static Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation) => Task.FromResult(Check(call.Runtime.Config, call.Strings));

    public static CommandReply Check(MnemoConfig running, Strings strings) => Report(ConfigFile.Load(running.File, running.DataDirectory), running.File, strings);

    /// <summary>The problems, worst first, each with its remedy.</summary>
    internal static CommandReply Report(ConfigResult result, string? file, Strings strings)
    {
        var isValid = result.Config is not null;
        var name = file ?? strings["cmd.validate_config.nofile"];
        var blocks = result.Problems.Select(p => (ReplyBlock)new ReplyBlock.Notice(
            p.Severity switch { Severity.Error => NoticeKind.Failure, Severity.Warning => NoticeKind.Warning, _ => NoticeKind.Info }, p.Text));
        var verdict = isValid ? new ReplyBlock.Notice(NoticeKind.Success, strings["cmd.validate_config.ok", name])
            : new ReplyBlock.Notice(NoticeKind.Failure, strings["cmd.validate_config.bad", name]);
        return new CommandReply(isValid, [.. blocks, verdict]);
    }
}
