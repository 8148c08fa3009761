using Microsoft.Extensions.Diagnostics.HealthChecks;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.Privacy;

namespace Mnemo.Plugin.Commands;

/// <summary>One use of a command.</summary>
/// <param name="Command">Which.</param>
/// <param name="Arguments">Its checked values.</param>
/// <param name="Caller">Who uses it, where.</param>
/// <param name="Context">What handlers work with.</param>
/// <param name="Strings">The language to answer in.</param>
public sealed record CommandCall(CommandDefinition Command, CommandArguments Arguments, CommandCaller Caller, CommandContext Context, Strings Strings)
{
    /// <summary>The id of the message that the command came in; empty where it came in none.</summary>
    public string MessageId { get; init; } = "";

    /// <summary>Whether a destructive command may act.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>The bot's insides.</summary>
    public MnemoRuntime Runtime => Context.Runtime;

    /// <summary>A text in the caller's language.</summary>
    public string Say(string key, params object?[] arguments) => Strings[key, arguments];
}

/// <summary>Who uses a command, where, and with what right.</summary>
/// <param name="Scope">The place; its subject is the caller.</param>
/// <param name="Speaker">The caller.</param>
/// <param name="IsAdmin">Whether admin commands are open to them.</param>
public sealed record CommandCaller(MemoryScope Scope, Speaker Speaker, bool IsAdmin)
{
    /// <summary>The caller, under the name as it was typed where people are names.</summary>
    public PersonKey Person => new(Scope.Platform, Scope.Platform == PersonIds.ConsolePlatform && PersonIds.Of(Scope.Platform, Speaker.Name) == Speaker.Id ? Speaker.Name : Speaker.Id);
}

/// <summary>What every handler works with.</summary>
/// <param name="Runtime">The bot's insides.</param>
/// <param name="Answers">What was used for the last answers.</param>
/// <param name="Health">The health checks of the host.</param>
public sealed record CommandContext(MnemoRuntime Runtime, LastAnswers Answers, HealthCheckService Health);
