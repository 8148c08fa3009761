using Microsoft.Extensions.Logging;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;

namespace Mnemo.Plugin.Commands;

/// <summary>
/// Runs commands for every surface: checks the permission, keeps destructive previews until their asker confirms,
/// and turns failures into one readable line.
/// </summary>
public sealed class CommandRunner(CommandContext context, Confirmations confirmations, ILogger<CommandRunner> logger)
{
    /// <summary>A command may carry a text as long as a message, and its own words around it.</summary>
    private const int RoomForOptions = 1000;

    /// <summary>What handlers work with.</summary>
    public CommandContext Context => context;

    /// <summary>Understands a text line and runs it.</summary>
    public async Task<CommandReply> RunTextAsync(string line, CommandCaller caller, string messageId, Strings strings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(strings);
        var limit = context.Runtime.Intake.MaxMessageLength + RoomForOptions;
        if (line.Length > limit) return CommandReply.Failed(strings["cmd.toolong", line.Length, limit]);
        var parsed = CommandText.Parse(line, strings);
        return parsed.Problem ?? await RunAsync(parsed.Command!, parsed.Arguments!, caller, messageId, strings, cancellation);
    }

    /// <summary>Runs a command whose arguments are checked already.</summary>
    public async Task<CommandReply> RunAsync(
        CommandDefinition command, CommandArguments arguments, CommandCaller caller, string messageId, Strings strings, CancellationToken cancellation)
    {
        var call = CallOf(command, arguments, caller, messageId, strings);
        var reply = await InvokeAsync(call, cancellation);
        return reply.IsPreview ? reply with { Confirmation = confirmations.Keep(call) } : reply;
    }

    /// <summary>The same for a surface that has no next turn: nothing waits for a "yes", which somebody may say in a chat that runs beside it.</summary>
    internal Task<CommandReply> RunOnceAsync(
        CommandDefinition command, CommandArguments arguments, CommandCaller caller, string messageId, Strings strings, CancellationToken cancellation) =>
        InvokeAsync(CallOf(command, arguments, caller, messageId, strings), cancellation);

    /// <summary>Runs the destructive command that waits for this caller's "yes"; null when none does, any more.</summary>
    public async Task<CommandReply?> ConfirmAsync(CommandCaller caller, string? token, CancellationToken cancellation)
    {
        var call = confirmations.Take(caller, token);
        return call is null ? null : await InvokeAsync(call with { IsConfirmed = true, Caller = call.Caller with { IsAdmin = caller.IsAdmin } }, cancellation);
    }

    private CommandCall CallOf(CommandDefinition command, CommandArguments arguments, CommandCaller caller, string messageId, Strings strings)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(caller);
        return new CommandCall(command, arguments, caller, context, strings) { MessageId = messageId, IsConfirmed = arguments.Flag(CommandOption.Confirm.Name) };
    }

    private async Task<CommandReply> InvokeAsync(CommandCall call, CancellationToken cancellation)
    {
        if (call.Command.Access == CommandAccess.Admin && !call.Caller.IsAdmin) return CommandReply.Failed(call.Say("cmd.denied", call.Command.Path));
        var isErasing = call is { IsConfirmed: true, Command.IsDestructive: true };
        using var place = logger.ForPlace(call.Caller.Scope);
        using var command = logger.ForCommand(call.Command.Path);
        using var job = isErasing ? logger.ForJob("erase") : null;
        try
        {
            var reach = await ConversationReach.OfAsync(context.Runtime, call.Caller.Scope, cancellation);
            var reply = await call.Command.Handler(call with { Caller = call.Caller with { Scope = reach } }, cancellation);
            if (isErasing)
            {
                context.Answers.Forget(call.Caller.Scope.Conversation);
                logger.LogInformation("Erasing {Outcome}", reply.IsSuccess ? "succeeded" : "failed");
            }

            return reply;
        }
        catch (Exception e) when (ExpectedErrors.Includes(e))
        {
            logger.LogError(e, "Command {Command} failed", call.Command.Path);
            return CommandReply.Failed(call.Say("cmd.failed", call.Command.Path, ExpectedErrors.Say(e, call.Strings)));
        }
    }
}
