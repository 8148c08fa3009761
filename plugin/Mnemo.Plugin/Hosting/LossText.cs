using Mnemo.Localization;
using Mnemo.State;

namespace Mnemo.Plugin.Hosting;

/// <summary>Says what was lost from the end of the control state's log.</summary>
internal static class LossText
{
    public static string Of(Loss loss, Strings strings)
    {
        var line = strings["hosting.loss", loss.FoundAt, loss.Changes];
        if (loss.Messages > 0) line += strings["hosting.loss.messages", loss.Messages, loss.First, loss.Last];
        if (loss.Restored > 0) line += strings["hosting.loss.restored", loss.Restored];
        return line + strings["hosting.loss.remedy"];
    }
}
