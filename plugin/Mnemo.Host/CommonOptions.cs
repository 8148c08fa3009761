using System.CommandLine;
using Mnemo.Localization;

namespace Mnemo.Host;

/// <summary>The options that every verb takes.</summary>
internal sealed class CommonOptions(Strings strings)
{
    public Option<string?> Config { get; } = new("--config") { Description = strings["cli.config"], HelpName = "FILE", Recursive = true };

    public Option<string?> Data { get; } = new("--data") { Description = strings["cli.data"], HelpName = "DIR", Recursive = true };

    /// <summary>Gives a verb its action: the configuration is read and checked first, failures become one line and an exit code.</summary>
    public void Run(Command verb, Func<VerbCall, Task<int>> action) =>
        verb.SetAction((parsed, stopping) => VerbCall.RunAsync(parsed, parsed.GetValue(Config), parsed.GetValue(Data), action, stopping));
}
