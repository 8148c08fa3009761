using System.Globalization;
using Mnemo.Memories;
using Mnemo.Plugin.Hosting;
using Mnemo.Localization;
using Mnemo.State;

namespace Mnemo.Plugin.Commands;

/// <summary>Settings of one conversation. Everybody may read them; changing them takes an admin, but in a private chat its owner may.</summary>
internal static class SettingsCommands
{
    public static Task<CommandReply> ChannelAsync(CommandCall call, CancellationToken cancellation) =>
        SetAsync(call, ConversationSettings.Channel, call.Arguments["mode"], "on", cancellation);

    public static Task<CommandReply> LanguageAsync(CommandCall call, CancellationToken cancellation) =>
        SetAsync(call, ConversationSettings.Language, call.Arguments["language"], "auto", cancellation);

    public static Task<CommandReply> BudgetAsync(CommandCall call, CancellationToken cancellation) =>
        SetAsync(call, ConversationSettings.Budget, call.Arguments["tokens"], call.Runtime.Config.TokenBudget.ToString(CultureInfo.InvariantCulture), cancellation);

    public static Task<CommandReply> PersonaAsync(CommandCall call, CancellationToken cancellation)
    {
        var scope = call.Caller.Scope;
        var name = call.Arguments["name"];
        if (name.Length > 0) _ = new MemoryScope(scope.Platform, scope.Guild, scope.Channel, scope.Subject, scope.Thread, name);
        return SetAsync(call, ConversationSettings.Persona, name, call.Runtime.Config.Persona, cancellation);
    }

    private static async Task<CommandReply> SetAsync(CommandCall call, string key, string value, string standard, CancellationToken cancellation)
    {
        var conversation = call.Caller.Scope.Conversation;
        if (value.Length == 0)
        {
            var current = await call.Runtime.Channels.GetAsync(conversation, key, cancellation);
            return CommandReply.Ok(new ReplyBlock.Rows([($"{key}", current is null or "" ? $"{standard} ({call.Say("cmd.settings.default")})" : current)]));
        }

        if (!call.Caller.IsAdmin && !call.Caller.Scope.IsDirect) return CommandReply.Failed(call.Say("cmd.denied", call.Command.Path));
        await call.Runtime.Channels.SetAsync(conversation, key, value == standard ? null : value, cancellation);
        return CommandReply.Ok(call.Say("cmd.settings.done", key, value, conversation));
    }
}

/// <summary>Reads the settings that conversations were given.</summary>
internal static class ConversationSettings
{
    public const string Channel = ChannelSettings.Channel;
    public const string Persona = "persona";
    public const string Language = "language";
    public const string Budget = "budget";

    /// <summary>The tokens of memories that a language model may be given there. There is none yet, so only <c>why</c> shows what would fit.</summary>
    public static async Task<int> BudgetAsync(MnemoRuntime runtime, string conversation, CancellationToken cancellation) =>
        int.TryParse(await runtime.Channels.GetAsync(conversation, Budget, cancellation), CultureInfo.InvariantCulture, out var tokens) ? tokens : runtime.Config.TokenBudget;

    /// <summary>The language to speak there: the chosen one, else Chinese to who writes it, else the configured one.</summary>
    public static async Task<Strings> StringsAsync(MnemoRuntime runtime, string conversation, string text, CancellationToken cancellation)
    {
        var chosen = await runtime.Channels.GetAsync(conversation, Language, cancellation);
        if (chosen is not null && Strings.Languages.Contains(chosen, StringComparer.Ordinal)) return Strings.For(chosen);
        return text.Any(c => c is >= '\u4E00' and <= '\u9FFF') ? Strings.For(Strings.Chinese) : runtime.Strings;
    }

    /// <summary>The scope with the persona that listens there.</summary>
    public static async Task<MemoryScope> WithPersonaAsync(MnemoRuntime runtime, MemoryScope scope, CancellationToken cancellation)
    {
        var persona = await runtime.Channels.GetAsync(scope.Conversation, Persona, cancellation);
        if (persona is null or "" || persona == scope.Persona) return scope;
        return new MemoryScope(scope.Platform, scope.Guild, scope.Channel, scope.Subject, scope.Thread, persona) { Reach = scope.Reach };
    }
}
