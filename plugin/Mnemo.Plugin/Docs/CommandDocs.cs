using System.Text;
using Mnemo.Plugin.Commands;
using Mnemo.Localization;

namespace Mnemo.Plugin.Docs;

/// <summary>The table of commands in the README, made from the command model.</summary>
public static class CommandDocs
{
    /// <summary>All commands in Markdown.</summary>
    public static string Table(Strings strings)
    {
        ArgumentNullException.ThrowIfNull(strings);
        var text = new StringBuilder();
        text.Append(strings["docs.commands.head"]).Append("\n|---|---|\n");
        foreach (var command in CommandModel.All)
        {
            var note = command.Access == CommandAccess.Admin ? " " + strings["docs.commands.admin"] : "";
            text.Append($"| `{CommandHelp.Usage(command)}` | {strings[command.SummaryKey]}{note} |\n");
        }

        return text.ToString();
    }
}
