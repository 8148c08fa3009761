using System.CommandLine;
using Mnemo.Localization;

namespace Mnemo.Host;

/// <summary>Who speaks at the console, and where.</summary>
internal sealed class WhoOptions(Strings strings)
{
    public Option<string?> Name { get; } = new("--as") { Description = strings["cli.as"], HelpName = "NAME", Recursive = true };

    public Option<string?> Channel { get; } = new("--channel") { Description = strings["cli.channel"], HelpName = "NAME", Recursive = true };
}
