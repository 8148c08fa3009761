namespace Mnemo.Plugin.Commands;

/// <summary>Shows what the doctor found; not well is a failure, so that scripts notice.</summary>
internal static class DoctorCommand
{
    public static async Task<CommandReply> RunAsync(CommandCall call, CancellationToken cancellation)
    {
        var findings = await new Doctor(call.Runtime).ExamineAsync(cancellation);
        var isWell = findings.All(f => f.IsWell);
        var notices = findings.Select(f => (ReplyBlock)new ReplyBlock.Notice(
            f.IsWell ? NoticeKind.Success : NoticeKind.Failure, call.Say($"cmd.doctor.{f.Check}.{(f.IsWell ? "ok" : "bad")}", [.. f.Details])));
        var verdict = new ReplyBlock.Notice(isWell ? NoticeKind.Success : NoticeKind.Failure, call.Say(isWell ? "cmd.doctor.well" : "cmd.doctor.unwell"));
        return new CommandReply(isWell, [.. notices, verdict]);
    }
}
