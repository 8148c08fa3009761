using Mnemo.Capture;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>Says why a message was turned away.</summary>
internal static class IntakeRefusals
{
    public static string Say(this IntakeReceipt receipt, Strings strings) => receipt.Outcome switch
    {
        IntakeOutcome.TooLong => strings["chat.toolong", receipt.Length, receipt.Limit],
        IntakeOutcome.NotText => strings["chat.nottext"],
        _ => throw new ArgumentOutOfRangeException(nameof(receipt)),
    };
}
